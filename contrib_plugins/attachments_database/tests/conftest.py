"""Attachment stores over databases in a private folder."""

import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from satchel_attachments_database import DatabaseAttachments
from satchel_database import Database, DatabaseConfig
from satchel_hookspecs import BLOCK, Block, PluginContext, Purpose, Ref, UploadRequest

REF = Ref("a" * 32, "g1", "id1")
TTL = 3600


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


Open = Callable[..., Awaitable[DatabaseAttachments]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mail.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def open_store(path: Path, clock: Clock) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def open_one(**options: Any) -> DatabaseAttachments:
            config = DatabaseConfig(**{"db_dsnw": f"sqlite:///{path}", "deadline": 20, **options})
            keys, logger = (b"k" * 32,), logging.getLogger("satchel.plugins.test")
            ctx = PluginContext("database", "node", clock, logger, keys, {}, None)
            database = Database(config, ctx)
            await stack.enter_async_context(database.plugin_lifespan(ctx))
            plugins = {"database": database}
            using = PluginContext("attachments", "node", clock, logger, keys, plugins, None)
            store = DatabaseAttachments(None, using)
            await stack.enter_async_context(store.plugin_lifespan(using))
            await store.attachments_touch(REF.owner, REF.group, TTL)
            return store

        yield open_one


@pytest.fixture
async def store(open_store: Open) -> DatabaseAttachments:
    return await open_store()


async def cut(content: bytes) -> AsyncIterator[Block]:
    for at in range(0, len(content), BLOCK):
        yield Block.of(at // BLOCK, content[at : at + BLOCK])


async def keep(store: DatabaseAttachments, content: bytes, ref: Ref = REF) -> None:
    asked = UploadRequest(ref, "a", "x/y", len(content))
    await store.attachment_upload(asked, 0, cut(content))
    await store.attachment_seal(ref, len(content), hashlib.sha256(content).hexdigest())


async def content_of(store: DatabaseAttachments, ref: Ref = REF) -> bytes | None:
    reader = await store.attachment_get(ref, 0, None, Purpose.SEND)
    if reader is None:
        return None
    async with reader:
        return b"".join([block.verified().data async for block in reader])


async def ask(store: DatabaseAttachments, statement: str) -> list[tuple[Any, ...]]:
    """Run a statement on the rows behind the store's back."""
    async with Database.of(store.ctx).write() as connection:
        done = await connection.execute(text(statement))
        return [tuple(row) for row in done] if done.returns_rows else []


async def count(store: DatabaseAttachments, table: str) -> int:
    [(number,)] = await ask(store, f"SELECT count(*) FROM attachment_{table}")  # noqa: S608
    return number
