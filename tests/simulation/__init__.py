"""The whole core in a simulated school day: virtual time, seeded chance, everything that can fail failing. See README in day.py."""
