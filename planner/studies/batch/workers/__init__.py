"""Who plans the problems of a batch."""
