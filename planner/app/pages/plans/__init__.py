"""The page of saved plans."""
