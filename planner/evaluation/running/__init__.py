"""Which campaigns and lines can run, and what of a value comes only if stopped ones do."""
