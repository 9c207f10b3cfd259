"""The moves from the current lines to a plan, in an order in which least is lost."""
