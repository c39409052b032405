"""Bot Framework and Teams: the gate, activities to events, cards, sending. Alone knows botbuilder."""
