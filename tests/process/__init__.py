"""The bot as a real process on a real PostgreSQL, with the rehearsal as Microsoft's side: killed, starved, and read."""
