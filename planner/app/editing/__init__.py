"""Edited lines and what they amount to. Knows no web page."""
