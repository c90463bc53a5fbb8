"""The databases on real servers."""
