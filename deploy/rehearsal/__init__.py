"""Microsoft's side of Teams, played on one machine: Entra, the Bot Connector, Graph, and a hand that plays the people."""
