"""The core wired: its parts put together on the adapters that app.py has built. It decides nothing and opens nothing."""
