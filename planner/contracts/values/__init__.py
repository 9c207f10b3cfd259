"""Kinds of value: ids, shares, times, weekly windows and hours, as people write them."""
