"""Pricing of campaigns that must survive a failure."""
