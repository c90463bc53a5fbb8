"""Finding plugins, checking them, and calling them."""
