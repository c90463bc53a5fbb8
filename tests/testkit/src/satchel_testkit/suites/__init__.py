"""The suites: one folder for each kind of store, one file for each promise."""
