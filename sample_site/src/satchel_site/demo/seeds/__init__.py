"""The mail that is in the demo's mailboxes when they are opened for the first time."""
