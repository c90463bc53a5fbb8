"""Nodes, databases and replicas that fail while people write mail."""
