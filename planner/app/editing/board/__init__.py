"""The board of the plan page: what it shows, and what is typed into it."""
