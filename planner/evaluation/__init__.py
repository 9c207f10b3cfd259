"""Given lines by the planning tables: rates, limits broken, value, moves, one more line."""
