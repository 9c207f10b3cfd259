"""Primal heuristics.

A plan under change is one record (``penalised_plan``) with one way to change it, one worth and one
annealing (``annealing``), whose moves are of two kinds: agents change dialers and the dial lines
follow (``agent_moves``, ``line_allocation``), or single pairs change (``cell_moves``).
"""
