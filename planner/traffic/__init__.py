"""Stationary, transient and simulated traffic figures: numbers in, arrays out."""
