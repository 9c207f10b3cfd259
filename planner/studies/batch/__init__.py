"""Many problems planned side by side."""
