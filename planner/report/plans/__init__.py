"""Plans as text and documents: lines, limits, moves, losses and the hand-out."""
