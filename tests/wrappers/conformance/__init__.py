"""Every wrapper around every store, proved by the kit."""
