"""What goes in and what comes out, as frozen and checked data."""
