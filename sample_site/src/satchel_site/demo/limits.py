"""What the demo's mail servers accept."""

# Room for an attachment of 100 MB, which base64 makes a third longer.
LARGEST_MESSAGE = 150 * 1024 * 1024
