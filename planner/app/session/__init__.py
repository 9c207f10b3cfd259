"""What one browser session works on."""
