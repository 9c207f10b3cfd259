"""Tests, and what they share; a package, as some libraries install one of this name."""
