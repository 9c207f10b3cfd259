"""Pauses that are too rare to be seen in ordinary runs."""
