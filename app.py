"""Schoolgate as one process: settings in, adapters built and wired, web and worker on one loop."""
