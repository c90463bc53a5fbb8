"""Commits whose answer is lost: that it is unknown is told, and a repeat has one effect."""

import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Iterator

import pytest

from satchel_attachments_database import DatabaseAttachments
from satchel_database import Database
from satchel_hookspecs import (
    ABSENT,
    BLOCK,
    Attachment,
    Block,
    Conflict,
    Progress,
    Purpose,
    Ref,
    Unavailable,
    UploadRequest,
)
from satchel_session_db import DatabaseSessions
from tests.databases.nodes import Opened, heal, make_context
from tests.servers.databases import Pair
from tests.servers.fault_proxy import FaultProxy

KEY, OWNER = "k" * 64, "a" * 32
REF = Ref(OWNER, "g1", "id1")
CONTENT = os.urandom(BLOCK + 5)
# What a server says of one row, after a statement that is a transaction by itself: it is kept then.
ANSWERS = {
    "postgresql": {"INSERT": b"INSERT 0 1\0", "UPDATE": b"UPDATE 1\0", "DELETE": b"DELETE 1\0"},
    "mariadb": dict.fromkeys(("INSERT", "UPDATE", "DELETE"), b"\x00\x01\x00\x02"),
}


class Line:
    """The way to a server, on which answers can be lost."""

    def __init__(self, kind: str, proxy: FaultProxy) -> None:
        self.proxy = proxy
        self.database: Database
        self._answers = ANSWERS[kind]

    async def lose(self, answer: str, act: Awaitable[object]) -> None:
        """Do something that is told to be ``Unavailable``, since its answer is lost; then heal."""
        before = self.proxy.cuts
        self.proxy.cut_before(self._answers[answer], "to_client")
        with pytest.raises(Unavailable):
            await act
        self.proxy.heal()
        assert self.proxy.cuts > before
        await heal(self.database)


@pytest.fixture
def line(kind: str, pair: Pair) -> Iterator[Line]:
    with FaultProxy("127.0.0.1", pair.primary.port) as proxy:
        yield Line(kind, proxy)


@pytest.fixture
async def database(pair: Pair, line: Line, open_node: Opened) -> Database:
    """A node's way to the server, over that line."""
    server = pair.primary
    plain = "?sslmode=disable" if server.dsn.startswith("pgsql") else ""
    dsn = server.dsn.replace(f":{server.port}/", f":{line.proxy.port}/") + plain
    opened: Database = await open_node(db_dsnw=dsn)
    line.database = opened
    return opened


@pytest.fixture
async def sessions(database: Database) -> AsyncIterator[DatabaseSessions]:
    ctx = make_context("session_db", {"database": database})
    store = DatabaseSessions(None, ctx)
    async with store.plugin_lifespan(ctx):
        yield store


@pytest.fixture
async def files(database: Database) -> AsyncIterator[DatabaseAttachments]:
    ctx = make_context("attachments_database", {"database": database})
    store = DatabaseAttachments(DatabaseAttachments.Config(), ctx)
    async with store.plugin_lifespan(ctx):
        yield store


async def test_a_session_is_made_once(sessions: DatabaseSessions, line: Line, pair: Pair) -> None:
    await line.lose("INSERT", sessions.session_write(KEY, b"new", ABSENT, 100, OWNER))

    with pytest.raises(Conflict):
        await sessions.session_write(KEY, b"new", ABSENT, 100, OWNER)
    assert await data_of(sessions) == b"new"
    assert kept(pair, "sessions") == 1


async def test_a_session_is_changed_once(sessions: DatabaseSessions, line: Line) -> None:
    first = await sessions.session_write(KEY, b"1", ABSENT, 100, OWNER)
    await line.lose("UPDATE", sessions.session_write(KEY, b"2", first, 100, OWNER))

    with pytest.raises(Conflict):
        await sessions.session_write(KEY, b"2", first, 100, OWNER)
    assert await data_of(sessions) == b"2"


async def test_a_session_is_extended_and_then_ended(sessions: DatabaseSessions, line: Line) -> None:
    version = await sessions.session_write(KEY, b"1", ABSENT, 100, OWNER)
    await line.lose("UPDATE", sessions.session_touch(KEY, 1000))

    assert await sessions.session_touch(KEY, 1000)
    found = await sessions.session_read(KEY)
    assert found is not None
    assert (found.version, found.ttl > 900) == (version, True)

    await line.lose("DELETE", sessions.session_destroy(KEY))
    assert await sessions.session_destroy(KEY) is False
    assert await sessions.session_read(KEY) is None
    with pytest.raises(Conflict):
        await sessions.session_write(KEY, b"late", version, 100, OWNER)


async def test_a_file_is_kept_and_renamed_once(
    files: DatabaseAttachments, line: Line, pair: Pair
) -> None:
    await line.lose("INSERT", files.attachments_touch(OWNER, REF.group, 3600))
    assert await files.attachments_touch(OWNER, REF.group, 3600)
    await line.lose("UPDATE", upload(files))
    assert (await upload(files)).size == len(CONTENT)
    await line.lose("UPDATE", seal(files))
    sealed = await seal(files)
    await line.lose("UPDATE", files.attachment_rename(REF, "new.bin"))

    [listed] = await files.attachment_list(OWNER, REF.group)
    assert (listed.filename, listed.serial) == ("new.bin", 1)
    assert await files.attachment_rename(REF, "new.bin") is not None
    assert sealed.sealed
    assert await content_of(files) == CONTENT
    assert kept(pair, "attachment_pieces") == 1


async def test_a_file_whose_bytes_may_be_there_is_kept_once(
    files: DatabaseAttachments, line: Line, pair: Pair
) -> None:
    await files.attachments_touch(OWNER, REF.group, 3600)
    await line.lose("INSERT", upload(files))
    await upload(files)
    await seal(files)
    await sweep(files, pair)

    assert await content_of(files) == CONTENT
    assert len(await files.attachment_list(OWNER, REF.group)) == 1
    assert kept(pair, "attachment_pieces") == 1


async def test_a_file_is_deleted_and_a_compose_closed_once(
    files: DatabaseAttachments, line: Line, pair: Pair
) -> None:
    await files.attachments_touch(OWNER, REF.group, 3600)
    await upload(files)
    await line.lose("UPDATE", files.attachment_delete(REF))

    assert await files.attachment_delete(REF) is False
    assert await files.attachment_list(OWNER, REF.group) == ()
    await line.lose("UPDATE", files.attachments_cleanup(OWNER, REF.group))
    assert await files.attachments_cleanup(OWNER, REF.group) == 0
    with pytest.raises(Conflict):
        await upload(files)
    await sweep(files, pair)
    assert kept(pair, "attachment_pieces") == 0


async def data_of(sessions: DatabaseSessions) -> bytes | None:
    """What the session holds."""
    found = await sessions.session_read(KEY)
    return None if found is None else found.data


async def upload(files: DatabaseAttachments) -> Progress:
    """Upload the content from its beginning."""

    async def blocks() -> AsyncIterator[Block]:
        for index in range(2):
            yield Block.of(index, CONTENT[index * BLOCK : (index + 1) * BLOCK])

    request = UploadRequest(REF, "a.bin", "x/y", len(CONTENT))
    return await files.attachment_upload(request, 0, blocks())


async def seal(files: DatabaseAttachments) -> Attachment:
    """Declare it whole."""
    digest = hashlib.sha256(CONTENT).hexdigest()
    return await files.attachment_seal(REF, len(CONTENT), digest)


async def content_of(files: DatabaseAttachments) -> bytes:
    """Read the file."""
    reader = await files.attachment_get(REF, 0, None, Purpose.SEND)
    assert reader is not None
    async with reader:
        return b"".join([block.verified().data async for block in reader])


async def sweep(files: DatabaseAttachments, pair: Pair) -> None:
    """Delete what nothing refers to, as the sweep does when it is older."""
    pair.primary.sql("UPDATE attachment_pieces SET written = 0, due = 0", "mail")
    await files.attachment_gc(100)


def kept(pair: Pair, table: str) -> int:
    """How many rows a table has."""
    return int(pair.primary.sql(f"SELECT count(*) FROM {table}", "mail"))  # noqa: S608
