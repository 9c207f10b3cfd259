"""Event simulation of campaigns on dialers."""
