"""Databases in a private folder, and other processes that get in the way."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from satchel_database import Database, DatabaseConfig
from satchel_hookspecs import PluginContext

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2])
print("locked", flush=True)
sys.stdin.read()
"""

Open = Callable[..., Awaitable[Database]]


def make_context(clock: Callable[[], float]) -> PluginContext:
    logger = logging.getLogger("satchel.plugins.database")
    return PluginContext("database", "node", clock, logger, (b"k" * 32,), {}, None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mail.db"


@pytest.fixture
async def open_database(path: Path) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def open_one(clock: Callable[[], float] = time.time, **options: Any) -> Database:
            config = DatabaseConfig(**{"db_dsnw": f"sqlite:///{path}", "deadline": 10, **options})
            database = Database(config, make_context(clock))
            await stack.enter_async_context(database.plugin_lifespan(database.ctx))
            return database

        yield open_one


@pytest.fixture
async def database(open_database: Open) -> Database:
    return await open_database()


@pytest.fixture
def locked(path: Path) -> Callable[..., Any]:
    """Let another process hold a lock while the block runs."""

    @asynccontextmanager
    async def hold(statement: str = "BEGIN IMMEDIATE") -> AsyncIterator[None]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", LOCKER, str(path), statement,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert await process.stdout.readline() == b"locked\n"
        try:
            yield
        finally:
            process.stdin.close()
            await process.wait()

    return hold
