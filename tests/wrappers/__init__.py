"""The shipped wrappers, in a host and around its stores."""
