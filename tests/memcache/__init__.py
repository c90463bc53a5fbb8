"""Memcached as the nodes of a cluster use it, with every fault that a host can have."""
