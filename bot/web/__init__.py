"""HTTP: routes, health, metrics, and the log. Knows the service by its ports only."""
