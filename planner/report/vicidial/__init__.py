"""What is told of a VICIdial system."""
