"""Charts, with the words that say the same."""
