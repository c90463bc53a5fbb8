"""Hosts that fail under load: right only where the machine itself does not stall."""
