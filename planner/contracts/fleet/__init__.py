"""Rows of the input besides campaigns: dialers, carriers, lines, agents and references."""
