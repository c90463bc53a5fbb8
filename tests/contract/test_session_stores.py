"""The session contract on the memory store and in SQLite."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from satchel_database import Database
from satchel_hookspecs import MemorySessions
from satchel_session_db import DatabaseSessions
from tests.contract.harness import Clock, context, hooks_around
from tests.contract.sessions import SessionContract


@pytest.fixture
def clock() -> Clock:
    return Clock()


class TestMemory(SessionContract):
    @pytest.fixture
    def make(self, clock: Clock) -> Callable[[], Any]:
        store = MemorySessions(None, context(clock))
        return lambda: hooks_around(store)


class TestSqlite(SessionContract):
    @pytest.fixture
    async def make(self, tmp_path: Path, clock: Clock) -> AsyncIterator[Callable[[], Any]]:
        config = Database.Config(db_dsnw=f"sqlite:///{tmp_path}/satchel.db")
        async with AsyncExitStack() as stack:
            stores = []
            for _ in range(3):
                database = Database(config, context(clock))
                await stack.enter_async_context(database.plugin_lifespan(context(clock)))
                ctx = context(clock, {"database": database})
                store = DatabaseSessions(None, ctx)
                await stack.enter_async_context(store.plugin_lifespan(ctx))
                stores.append(store)
            turns = iter(stores * 10)
            yield lambda: hooks_around(next(turns))
