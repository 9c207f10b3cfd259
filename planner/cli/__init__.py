"""Arguments, exit codes, and what each command does."""
