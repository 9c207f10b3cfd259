"""Exit codes of every command."""

DONE, FAULT, BAD_INPUT, INFEASIBLE, STOPPED = range(5)
