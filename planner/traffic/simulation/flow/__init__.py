"""Runs in which launches flow between the requests for an agent."""
