"""Session stores over databases in a private folder."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from satchel_database import Database, DatabaseConfig
from satchel_hookspecs import PluginContext
from satchel_session_db import DatabaseSessions


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mail.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()


Open = Callable[..., Awaitable[DatabaseSessions]]


@pytest.fixture
async def open_store(path: Path, clock: Clock) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def open_one(**options: Any) -> DatabaseSessions:
            config = DatabaseConfig(**{"db_dsnw": f"sqlite:///{path}", "deadline": 20, **options})
            keys, logger = (b"k" * 32,), logging.getLogger("satchel.plugins.test")
            ctx = PluginContext("database", "node", clock, logger, keys, {}, None)
            database = Database(config, ctx)
            await stack.enter_async_context(database.plugin_lifespan(ctx))
            using = PluginContext("db", "node", clock, logger, keys, {"database": database}, None)
            store = DatabaseSessions(None, using)
            await stack.enter_async_context(store.plugin_lifespan(using))
            return store

        yield open_one


@pytest.fixture
async def store(open_store: Open) -> DatabaseSessions:
    return await open_store()
