"""A real browser for the tests, and what it has to say about a page."""
