"""Figures of given lines, exact or simulated, with their intervals."""
