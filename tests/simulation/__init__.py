"""The whole core in a simulated school day: virtual time, seeded chance, all that can fail failing."""
