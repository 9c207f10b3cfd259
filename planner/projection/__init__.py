"""Figures, statuses and completion of given lines: exactly where that holds, else simulated."""
