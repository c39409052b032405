"""Tests of the lesson player."""
