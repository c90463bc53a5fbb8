"""What keeps the plugin from starting."""


class UnusableMemcache(Exception):
    """No memcached host can be used, or the plugin was used where it is not open."""
