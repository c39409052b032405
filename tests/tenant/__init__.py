"""The set-up of a tenant: its steps, its scripts read by a parser, and the page by hand."""
