"""Keeps the sessions of satchel in memcached, each on two hosts."""

from satchel_session_memcache.store import MemcacheSessions

__all__ = ["MemcacheSessions"]
