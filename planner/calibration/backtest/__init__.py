"""Predicts each day of a log from the days before, and compares."""
