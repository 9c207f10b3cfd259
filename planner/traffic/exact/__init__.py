"""Exact figures and transients of one campaign on one dialer."""
