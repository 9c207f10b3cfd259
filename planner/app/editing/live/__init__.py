"""What the dialers report right now, laid over the lines of a plan."""
