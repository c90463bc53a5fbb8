"""The settings of every store: those that nodes can share, and a folder of each node's own."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.cluster.cluster import SettingsOf
from tests.cluster.ground import Ground

StoreSettings = Callable[[Ground, int], Mapping[str, object]]

SESSIONS: Mapping[str, StoreSettings] = {
    "db": lambda ground, _: ground.database,
    "memcache": lambda ground, _: {"session_storage": "memcache", **ground.memcache_hosts},
    "native": lambda ground, _: {
        "session_storage": "native",
        "record_storage": "db",
        "session_native": {"storage": "memcached", "dsn": ground.memcached[0].address},
        **ground.database,
    },
    "db, records in memcached": lambda ground, _: {
        "record_storage": "memcache",
        **ground.database,
        **ground.memcache_hosts,
    },
    "native, records in memcached": lambda ground, _: {
        "session_storage": "native",
        "record_storage": "memcache",
        "session_native": {"storage": "cookie"},
        **ground.memcache_hosts,
    },
}
ATTACHMENTS: Mapping[str, StoreSettings] = {
    "local": lambda *_: {},
    "share": lambda ground, number: {
        "attachment_storage": "filesystem",
        "temp_dir": str(ground.mount_point(number)),
    },
    "database": lambda ground, _: {"attachment_storage": "database", **ground.database},
    "database in memcached": lambda ground, _: {
        "attachment_storage": "database",
        "attachments_database": {"cache": "memcache"},
        **ground.memcache_hosts,
    },
    "redundant": lambda ground, _: {
        "attachment_storage": "redundant",
        **ground.database,
        **ground.memcache_hosts,
    },
}


def on_stores(
    ground: Ground, sessions: str, attachments: str, usual: Mapping[str, object]
) -> SettingsOf:
    """Return the settings of each node: those of one node, and over them what storage needs.

    What a node keeps in a folder it keeps in its own, unless the store says another one.
    """

    def settings_of(number: int, folder: Path) -> Mapping[str, object]:
        own = {
            "node": f"node{number}",
            "temp_dir": str(folder / "files"),
            "proxy_whitelist": ["127.0.0.1"],
        }
        session_store = SESSIONS[sessions](ground, number)
        attachment_store = ATTACHMENTS[attachments](ground, number)
        return {**usual, **own, **session_store, **attachment_store}

    return settings_of
