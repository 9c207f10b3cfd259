"""Primal heuristics."""
