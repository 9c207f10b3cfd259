"""A VICIdial database read into a planning folder, with what is to be known about it."""
