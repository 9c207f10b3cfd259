"""The command that estimates figures from call logs."""
