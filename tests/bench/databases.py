"""What the measurements of databases start from: a private server, and the stores over it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from satchel_attachments_database import DatabaseAttachments
from satchel_database import Database, DatabaseConfig
from satchel_session_db import DatabaseSessions
from tests.databases.nodes import make_context
from tests.servers.certificates import issue_certificates
from tests.servers.databases import PAIRS
from tests.servers.folder import open_server_folder

KINDS = ("sqlite", *PAIRS)
# Enough for a million rows that are made in one statement.
LONG = 300.0


@contextmanager
def open_dsn(kind: str) -> Iterator[str]:
    """A database of this kind."""
    if kind == "sqlite":
        with open_server_folder("sqlite") as folder:
            yield f"sqlite:///{folder / 'mail.db'}"
        return
    with (
        open_server_folder("certificates") as folder,
        PAIRS[kind](issue_certificates(folder)) as pair,
    ):
        yield pair.primary.dsn


@asynccontextmanager
async def open_sessions(dsn: str, deadline: float = LONG) -> AsyncIterator[DatabaseSessions]:
    """A store for sessions."""
    async with AsyncExitStack() as stack:
        using = make_context("db", {"database": await _open(stack, dsn, deadline)})
        store = DatabaseSessions(None, using)
        await stack.enter_async_context(store.plugin_lifespan(using))
        yield store


@asynccontextmanager
async def open_attachments(dsn: str) -> AsyncIterator[DatabaseAttachments]:
    """A store for attachments."""
    async with AsyncExitStack() as stack:
        using = make_context("database", {"database": await _open(stack, dsn, LONG)})
        store = DatabaseAttachments(None, using)
        await stack.enter_async_context(store.plugin_lifespan(using))
        yield store


async def _open(stack: AsyncExitStack, dsn: str, deadline: float) -> Database:
    ctx = make_context()
    database = Database(DatabaseConfig(db_dsnw=dsn, deadline=deadline), ctx)
    await stack.enter_async_context(database.plugin_lifespan(ctx))
    return database
