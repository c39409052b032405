"""Our output held against other people's clients; needs `npm ci` here, and `make clients` runs it."""
