"""Many planning problems at once: read as a stream, planned side by side, committed in chunks."""
