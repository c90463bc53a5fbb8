"""One example a hook, shown on its page in docs/hooks and run by the tests."""
