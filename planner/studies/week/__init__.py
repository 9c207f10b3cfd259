"""Weeks: their times, the plans of each, and the lines kept from one to the next."""
