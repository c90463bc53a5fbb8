"""The stores that ship, proved by the kit; and the kit, compared with the host."""
