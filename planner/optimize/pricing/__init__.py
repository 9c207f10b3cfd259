"""The pricing problem: the best split of one campaign at given duals."""
