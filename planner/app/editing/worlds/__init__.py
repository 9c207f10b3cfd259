"""Changed worlds by a few levers."""
