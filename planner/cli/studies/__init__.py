"""Commands that plan many times: what-if, frontier and batch."""
