"""Figures of campaigns from call logs: attempts, estimates with intervals, and backtests."""
