"""Schoolgate in Microsoft's own Microsoft 365 Agents Playground."""
