"""Long runs in the background. Knows no web page."""
