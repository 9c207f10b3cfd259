"""What a bound rests on, and a check of it that knows no optimiser."""
