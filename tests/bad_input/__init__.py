"""Bad input, given to the whole site as it runs: every answer is clear, and nothing is kept."""
