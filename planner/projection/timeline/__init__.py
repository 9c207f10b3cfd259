"""Statuses through the hours ahead."""
