"""Calibrations and backtests as text, JSON and CSV."""
