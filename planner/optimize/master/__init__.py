"""The restricted master, column generation and the Lagrangian bound."""
