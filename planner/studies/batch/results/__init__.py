"""What a batch writes, whole or not at all."""
