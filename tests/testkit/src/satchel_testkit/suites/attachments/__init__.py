"""What every attachment store promises."""
