"""The journal of a node that is changed while it is replayed, is damaged, or is gone."""

from pathlib import Path

import pytest

from satchel_attachments_redundant import RedundantAttachments
from satchel_attachments_redundant.journal import Record
from satchel_attachments_redundant.ledger import Ledger
from satchel_hookspecs import Place, Unavailable
from tests.redundant.conftest import Cluster, is_well, until, until_well
from tests.redundant.node import REF, listed, open_group, upload


async def in_an_outage(cluster: Cluster) -> RedundantAttachments:
    """A node that has a record in its journal, and replays it only when `release` is called."""
    node = await cluster.open()
    await open_group(node)
    await upload(node, b"hello")
    await node._recovery._turn.acquire()
    node._media.gate.close(Unavailable("It is away."))
    await node.attachment_rename(REF, "early.txt")
    return node


def records(cluster: Cluster, suffix: str = "record") -> list[Path]:
    """The files of the journal."""
    return list(cluster.disk().glob(f"attachments_journal/*.{suffix}"))


async def test_what_is_changed_during_a_replay_is_replayed_before_the_database_is_asked(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = await in_an_outage(cluster)
    media, told = node._media, list[str]()
    bring_in, open_gate = media.mirror.bring_in, media.gate.open

    async def bring_in_late(place: Place, ledger: Ledger) -> None:
        if not told:
            await node.attachment_rename(REF, "late.txt")
        told.append(ledger.group.entries[0].filename)
        await bring_in(place, ledger)

    def open_late() -> None:
        told.append("open")
        open_gate()

    monkeypatch.setattr(media.mirror, "bring_in", bring_in_late)
    monkeypatch.setattr(media.gate, "open", open_late)
    node._recovery._turn.release()
    await until_well(node)

    assert told == ["early.txt", "late.txt", "open"]


async def test_a_piece_that_is_listed_only_after_the_replay_is_brought_in_by_the_next(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = await cluster.open()
    await open_group(node)
    turn, note = node._recovery._turn, node._note

    async def note_and_replay(record: Record) -> None:
        await note(record)
        if record.ledger is None:
            turn.release()
            await node._recovery.once()
            await turn.acquire()

    monkeypatch.setattr(node, "_note", note_and_replay)
    await turn.acquire()
    node._media.gate.close(Unavailable("It is away."))
    await upload(node, b"hello")
    assert node._media.gate.reason is None
    assert cluster.rows("piece", "pieces") == []
    turn.release()
    await until_well(node)

    assert cluster.rows("piece", "pieces") == [file.stem for file in cluster.files()]
    assert cluster.blocks() == []


async def test_a_journal_that_is_gone_keeps_the_database_from_being_asked(
    cluster: Cluster,
) -> None:
    node = await in_an_outage(cluster)
    journal = cluster.disk() / "attachments_journal"
    away = journal.rename(cluster.disk() / "away")
    node._recovery._turn.release()
    with pytest.raises(Unavailable):
        await node._recovery.once()
    health = await node.plugin_health()
    assert (health.state, node._media.gate.reason) == ("failed", "It is away.")
    assert "attachments_journal" in health.detail
    away.rename(journal)

    await until_well(node)
    assert await listed(node) == {"id1": "early.txt"}


async def test_a_damaged_record_stops_no_replay_and_health_names_it_until_it_is_deleted(
    cluster: Cluster,
) -> None:
    node = await in_an_outage(cluster)
    [record] = records(cluster)
    damaged = record.with_name("0.record")
    damaged.write_bytes(record.read_bytes()[:-9])
    node._recovery._turn.release()
    await until(lambda: not records(cluster))
    [aside] = records(cluster, "damaged")
    health = await node.plugin_health()
    assert (health.state, str(aside) in health.detail) == ("degraded", True)
    aside.unlink()

    assert await is_well(node)
    assert await listed(node) == {"id1": "early.txt"}
