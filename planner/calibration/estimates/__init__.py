"""Estimates figures of campaigns; knows attempts only, and no export."""
