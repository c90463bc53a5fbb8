"""What takes longer: the whole kit, load, and nodes that are killed."""
