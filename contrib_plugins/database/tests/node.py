"""A node that starts: waits for a line, brings the tables to the newest state, ends."""

import asyncio
import logging
import os
import sys
import time
from pathlib import Path

from satchel_database import Database, DatabaseConfig
from satchel_hookspecs import PluginContext


async def start(dsn: str, folder: str) -> None:
    config = DatabaseConfig(db_dsnw=dsn, deadline=10)
    logger = logging.getLogger("node")
    ctx = PluginContext("database", "node", time.time, logger, (b"k" * 32,), {}, None)
    database = Database(config, ctx)
    async with database.plugin_lifespan(ctx):
        await database.migrate("letters", Path(folder))


if __name__ == "__main__":
    os.write(1, b"ready\n")
    sys.stdin.readline()
    asyncio.run(start(sys.argv[1], sys.argv[2]))
