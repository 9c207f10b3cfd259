"""Comparisons, trade-offs and weeks as text and files."""
