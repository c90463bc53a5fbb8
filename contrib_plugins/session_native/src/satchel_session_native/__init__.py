"""Leaves the sessions of satchel to the platform: aiohttp-session with any of its storages."""

from satchel_session_native.config import NativeConfig
from satchel_session_native.store import NativeSessions

__all__ = ["NativeConfig", "NativeSessions"]
