"""A plan brought into the settings of a VICIdial system, step by step, and taken back."""
