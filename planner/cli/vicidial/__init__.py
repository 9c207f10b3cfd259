"""Commands about a VICIdial system."""
