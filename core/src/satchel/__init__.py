"""The host of satchel: a webmail whose storage is all plugins."""

from satchel.errors import Problem, StartupError
from satchel.host import Host
from satchel.settings import Settings, read_settings, settings_from
from satchel.setup import HOST, attachments, client, session, setup

__all__ = [
    "HOST",
    "Host",
    "Problem",
    "Settings",
    "StartupError",
    "attachments",
    "client",
    "read_settings",
    "session",
    "settings_from",
    "setup",
]
