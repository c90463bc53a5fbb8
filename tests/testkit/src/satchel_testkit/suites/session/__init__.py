"""What every session store promises."""
