"""Many plans: a week, changed worlds, the trade-off, batches."""
