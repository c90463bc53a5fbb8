"""What every store promises as a plugin."""
