"""Projections as text: what happens next, figures, days and statuses."""
