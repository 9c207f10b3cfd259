"""Which limits given lines break, and whose requirements are given up or kept."""
