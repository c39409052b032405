"""The rehearsal of Microsoft's side, driven by real clients."""
