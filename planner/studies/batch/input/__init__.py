"""What a batch is given, as a stream of problems."""
