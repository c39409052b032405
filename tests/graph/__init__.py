"""Tests of bot/graph over real HTTPS."""
