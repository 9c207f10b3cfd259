"""CSV folders and workbooks to and from the contracts, every fault with its place."""
