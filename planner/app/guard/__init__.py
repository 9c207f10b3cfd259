"""Stands before the pages: who comes from which browser, what it may send, what it is told."""
