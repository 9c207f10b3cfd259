"""A problem as arrays, and columns: whole splits of one campaign."""
