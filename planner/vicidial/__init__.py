"""A VICIdial database: read, emulated, followed, and brought a plan. Never its leads or calls."""
