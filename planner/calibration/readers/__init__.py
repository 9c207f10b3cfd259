"""Turns exports of other systems into attempts."""
