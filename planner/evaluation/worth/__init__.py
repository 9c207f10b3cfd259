"""What one more of something, or one limit less, is worth: what is tried, and how it is told."""
