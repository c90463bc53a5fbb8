"""Nodes of one installation over real databases."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from satchel_database import Database, DatabaseConfig
from satchel_hookspecs import PluginContext
from tests.servers.databases import Server

Opened = Callable[..., Any]


def make_context(name: str = "database", plugins: dict[str, object] | None = None) -> PluginContext:
    logger = logging.getLogger("satchel.plugins.test")
    return PluginContext(name, "node", time.time, logger, (b"k" * 32,), plugins or {}, None)


@asynccontextmanager
async def open_nodes() -> AsyncIterator[Opened]:
    """Open databases, each as a node of its own would, and close them at the end."""
    async with AsyncExitStack() as stack:

        async def open_one(**options: Any) -> Database:
            ctx = make_context()
            database = Database(DatabaseConfig(**{"deadline": 5.0, **options}), ctx)
            await stack.enter_async_context(database.plugin_lifespan(ctx))
            return database

        yield open_one


async def heal(node: Database) -> None:
    """Return when all of it is well again."""
    async with asyncio.timeout(20):
        while True:
            if (await node.plugin_health()).state == "ok":
                return
            # a refusal by the breaker lets nobody else run
            await asyncio.sleep(0)


def empty(server: Server) -> None:
    """Drop every table of the owner."""
    if server.dsn.startswith("pgsql"):
        server.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION mail", "mail")
        return
    server.sql("DROP DATABASE mail; CREATE DATABASE mail CHARACTER SET utf8mb4")
