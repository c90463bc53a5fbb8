"""The kit against every store that ships, on its real server: `make conformance`."""
