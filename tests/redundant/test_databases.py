"""A database that is replaced, silent at the worst moment, or out of room."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from satchel_hookspecs import BLOCK, StorageFull
from tests.redundant.conftest import Cluster, until, until_well
from tests.redundant.node import REF, at, content_of, listed, open_group, upload
from tests.servers.certificates import Certificates
from tests.servers.fault_proxy import FaultProxy
from tests.servers.folder import open_server_folder
from tests.servers.postgresql import Postgresql, create_postgresql

CONTENT = os.urandom(2 * BLOCK + 9)
OTHER = os.urandom(BLOCK + 3)


@pytest.fixture
def primary(certificates: Certificates) -> Iterator[Postgresql]:
    """A server that a test may kill for good."""
    with open_server_folder("postgresql") as folder:
        server = create_postgresql(folder / "primary", certificates)
        with server:
            server.create_database()
            yield server


@pytest.mark.parametrize("follows", [True, False], ids=["standby_follows", "standby_is_behind"])
async def test_when_a_standby_is_promoted_it_gets_what_it_lacks(
    follows: bool, cluster: Cluster, primary: Postgresql
) -> None:
    """A standby that is behind lacks a file that was acknowledged; the node brings it there."""
    with ExitStack() as stack:
        proxy = stack.enter_context(FaultProxy(primary.host, primary.port))
        cluster.dsn = through(primary.dsn, primary.port, proxy)
        node = await cluster.open()
        await open_group(node)
        await upload(node, OTHER, at("early"))
        standby = primary.replica(primary.folder.parent / "standby")
        if follows:
            stack.enter_context(standby)
        await upload(node, CONTENT)
        if follows:
            primary.wait_for(standby)
        proxy.refuse()
        primary.kill()
        await upload(node, CONTENT, at("meanwhile"))
        if not follows:
            stack.enter_context(standby)
        standby.promote()
        proxy.send_to(standby.host, standby.port)
        proxy.heal()
        await until_well(node)
        whole = {"early", "id1", "meanwhile"}
        assert set(await listed(node)) == whole
        await until(lambda: len(set(rows(standby, cluster))) == 3)
        for host in cluster.hosts:
            host.restart()

        other = await cluster.open("two")
        assert set(await listed(other)) == whole
        assert await content_of(other) == CONTENT
        assert await content_of(other, at("meanwhile")) == CONTENT
        await cluster.stack.aclose()


def through(dsn: str, port: int, proxy: FaultProxy) -> str:
    """A DSN that leads over a relay, which understands what passes."""
    return dsn.replace(f":{port}/", f":{proxy.port}/") + "?sslmode=disable"


def rows(server: Postgresql, cluster: Cluster) -> list[str]:
    """The pieces that a server has."""
    return server.sql(f"SELECT piece FROM {cluster.prefix}attachment_pieces").split()  # noqa: S608


async def test_a_commit_whose_answer_is_lost_has_one_effect(cluster: Cluster) -> None:
    server = cluster.database
    with FaultProxy(server.host, server.port) as proxy:
        cluster.dsn = through(server.dsn, server.port, proxy)
        node = await cluster.open()
        await open_group(node)
        proxy.cut_after(b"COMMIT")
        await upload(node, CONTENT)
        await node.attachment_rename(REF, "renamed.txt")
        assert proxy.cuts
        proxy.heal()
        await until_well(node)

        assert await listed(node) == {"id1": "renamed.txt"}
        assert await content_of(await cluster.open("two")) == CONTENT
        assert set(cluster.rows("piece", "pieces")) == {file.stem for file in cluster.files()}
        assert len(cluster.rows("number")) == 3
        await cluster.stack.aclose()


FILL = """
CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON {frames} EXECUTE FUNCTION is_full()
"""
EMPTY = "DROP TRIGGER full_disk ON {frames}; DROP FUNCTION is_full()"


async def test_a_database_whose_disk_is_full_refuses_uploads_and_earlier_files_stay(
    cluster: Cluster,
) -> None:
    node = await cluster.open()
    await open_group(node)
    await upload(node, CONTENT)
    cluster.change_rows(FILL)
    try:
        with pytest.raises(StorageFull):
            await upload(node, OTHER, at("refused"))
        assert await listed(node) == {"id1": "id1.txt"}
        assert await content_of(node) == CONTENT
        assert len(cluster.files()) == 1
    finally:
        cluster.change_rows(EMPTY)

    await upload(node, OTHER, at("refused"))
    assert await content_of(await cluster.open("two"), at("refused")) == OTHER


async def test_what_a_full_database_did_not_take_after_an_outage_it_gets_when_there_is_room(
    cluster: Cluster,
) -> None:
    node = await cluster.open()
    await open_group(node)
    cluster.database.kill()
    await upload(node, CONTENT)
    cluster.database.start()
    cluster.change_rows(FILL)
    try:
        await until(lambda: node._media.gate.reason is None)
        await node._recovery.once()
        assert cluster.rows("piece", "pieces") == []
        assert (await node.plugin_health()).state == "degraded"
        assert await content_of(node) == CONTENT
    finally:
        cluster.change_rows(EMPTY)

    await until_well(node)
    assert len(cluster.rows("number")) == 3


async def test_a_piece_that_cannot_be_brought_in_keeps_no_other_and_no_sweep_from_its_turn(
    cluster: Cluster,
) -> None:
    """The node that took it in the outage is gone; another one finds the database behind."""
    other = await cluster.open("two")
    await open_group(other)
    await upload(other, OTHER, at("early"))
    [early] = cluster.files("two")
    async with cluster.make("one") as node:
        cluster.database.kill()
        await upload(node, CONTENT)
    cluster.database.start()
    cluster.change_rows(FILL)
    try:
        await until(lambda: other._media.gate.reason is None)
        right = early.read_bytes()
        early.write_bytes(right[:-1])
        assert set(await listed(other)) == {"early", "id1"}
        assert await content_of(other, at("early")) == OTHER
        await other._recovery.once()
        assert early.read_bytes() == right
        assert (await other.attachment_gc(100)).removed == 0
    finally:
        cluster.change_rows(EMPTY)

    await until(lambda: len(cluster.rows("frames", "pieces")) == 2)
