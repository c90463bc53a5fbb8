"""A node that adds to a session, as often as it is told."""

import asyncio
import logging
import os
import sys
import time

from satchel_database import Database, DatabaseConfig
from satchel_hookspecs import Conflict, PluginContext, SessionRecord
from satchel_session_db import DatabaseSessions


async def add(store: DatabaseSessions, key: str, times: int) -> None:
    """Add one to the number in the session, ``times`` times, losing none of the others'."""
    for _ in range(times):
        record = await store.session_read(key)
        while True:
            assert isinstance(record, SessionRecord)
            more = b"%d" % (int(record.data) + 1)
            try:
                await store.session_write(key, more, record.version, 3600, None)
                break
            except Conflict as conflict:
                record = conflict.current


async def start(path: str, key: str, times: int) -> None:
    config = DatabaseConfig(db_dsnw=f"sqlite:///{path}", deadline=20)
    keys, logger = (b"k" * 32,), logging.getLogger("node")
    ctx = PluginContext("database", "node", time.time, logger, keys, {}, None)
    database = Database(config, ctx)
    using = PluginContext("db", "node", time.time, logger, keys, {"database": database}, None)
    store = DatabaseSessions(None, using)
    async with database.plugin_lifespan(ctx), store.plugin_lifespan(using):
        os.write(1, b"ready\n")
        await asyncio.to_thread(sys.stdin.readline)
        await add(store, key, times)


if __name__ == "__main__":
    asyncio.run(start(sys.argv[1], sys.argv[2], int(sys.argv[3])))
