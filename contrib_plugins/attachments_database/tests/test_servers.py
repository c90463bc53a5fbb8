"""The same facts on PostgreSQL and MariaDB."""

import os

import pytest
from sqlalchemy import text

from satchel_database import Database
from satchel_hookspecs import BLOCK, Block, Place
from satchel_hookspecs.blocks import prove_frame, to_frame

from . import test_processes
from .node import keep, opened

KINDS = ("postgresql", "mariadb")
FACTS = (
    "test_uploads_of_two_processes_at_once_are_all_kept",
    "test_a_large_file_takes_little_memory",
)
globals().update({name: vars(test_processes)[name] for name in FACTS})


@pytest.fixture(params=KINDS)
def server(request, database_pairs):
    found = database_pairs(request.param).primary
    _forget(found)
    yield found
    _forget(found)


@pytest.fixture
def dsn(server):
    return server.dsn


def _forget(server):
    for table in ("frames", "pieces", "documents"):
        server.sql(f"DROP TABLE IF EXISTS attachment_{table}", "mail")
    server.sql("DROP TABLE IF EXISTS satchel_version_attachments_database", "mail")


async def test_a_migration_that_was_interrupted_is_done_again(dsn, server):
    if "mysql" not in dsn:
        pytest.skip("only MariaDB keeps a part of a migration")
    async with opened(dsn):
        pass
    server.sql("DROP TABLE satchel_version_attachments_database", "mail")

    async with opened(dsn) as store:
        await keep(store, "id1", 1)


async def test_postgresql_does_not_compress_what_is_compressed_already(dsn, server):
    if "pgsql" not in dsn:
        pytest.skip("only PostgreSQL compresses rows by itself")
    async with opened(dsn) as store:
        asked = "SELECT attstorage FROM pg_attribute WHERE attname = 'data' AND attrelid = "
        found = await Database.of(store.ctx).look_up(text(f"{asked} 'attachment_frames'::regclass"))
    assert found.scalar_one() in ("e", b"e")


async def test_frames_that_were_proved_elsewhere_are_kept_as_they_are(dsn):
    """Drivers look at the type of what they send, and these are bytes of a type of their own."""
    place, blocks = Place("a" * 32, "g1"), [Block.of(at, os.urandom(BLOCK)) for at in range(9)]
    proved = [prove_frame("p", block.index, to_frame("p", block)) for block in blocks]

    async def frames():
        for number, frame in enumerate(proved):
            yield number, frame

    async with opened(dsn) as store:
        await store._write(place, "p", frames())
        assert [frame async for frame in store._read(place, "p", 0, 9)] == proved
