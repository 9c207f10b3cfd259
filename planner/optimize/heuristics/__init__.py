"""Primal heuristics.

A plan under change is kept three times, as what is undone and what is added up differ: construction
puts campaigns in one by one and takes a dialer back (``plan_state``), agents move while the dial
lines of two dialers follow (``line_allocation``), and single pairs change while limits may break at
a price (``penalised_plan``).
"""
