"""What is true of every store, tried on each."""
