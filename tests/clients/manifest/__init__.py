"""The Teams package against the schema and the validator that Microsoft publishes."""
