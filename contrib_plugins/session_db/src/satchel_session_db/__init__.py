"""Keeps the sessions of satchel in a database."""

from satchel_session_db.store import DatabaseSessions

__all__ = ["DatabaseSessions"]
