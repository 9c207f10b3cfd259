"""VICIdial's own way of dialing, emulated."""
