"""The optimiser: throughput tables, pricing, master problem, integer plans and their bound."""
