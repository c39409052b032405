"""Every sentence people read, by key and language (law 7)."""
