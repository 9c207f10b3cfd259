"""What a VICIdial system does right now, followed."""
