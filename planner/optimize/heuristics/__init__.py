"""Primal heuristics.

A plan under change is kept twice, as what is added up differs: agents move while the dial lines of
two dialers follow (``line_allocation``), and single pairs change while limits may break at a price
(``penalised_plan``).
"""
