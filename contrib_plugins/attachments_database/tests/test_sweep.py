"""The sweep asks an index, and what it cannot read does not stop it."""

import json
from typing import Any

import pytest
from sqlalchemy import Select, insert, text
from sqlalchemy.dialects.sqlite import dialect

from satchel_attachments_database import DatabaseAttachments
from satchel_attachments_database.tables import documents_table, pieces_table
from satchel_database import Database
from satchel_hookspecs import Conflict, Place, Ref

from .conftest import REF, TTL, Clock, Open, ask, content_of, count, keep


async def fill(store: DatabaseAttachments, clock: Clock, many: int) -> None:
    """Open so many composes, each with a piece that has been there for long."""
    database = Database.of(store.ctx)
    later = clock.now + 1_000_000
    empty = {"expires": later, "serial": 0, "closed": False, "entries": []}
    document = json.dumps(empty).encode()
    places = [{"owner": f"o{n % 500}", "group_name": f"c{n}"} for n in range(many)]
    opened = {"document": document, "version": "v", "expires": later}
    written = {"frames": 0, "written": clock.now - 9 * TTL, "due": later}
    async with database.write() as connection:
        rows = [{**place, **opened} for place in places]
        await connection.execute(insert(documents_table(database)), rows)
        rows = [{**place, **written, "piece": f"p{n}"} for n, place in enumerate(places)]
        await connection.execute(insert(pieces_table(database)), rows)


async def plan_of(store: DatabaseAttachments, statement: Select[Any]) -> str:
    """How SQLite would find the rows of a statement."""
    compiled = statement.compile(dialect=dialect(paramstyle="named"))
    asked = text(f"EXPLAIN QUERY PLAN {compiled}")
    values = dict.fromkeys(compiled.params, "1") | {"most": 10, "param_1": 10}
    async with Database.of(store.ctx).read_latest() as connection:
        rows = await connection.execute(asked, {name: values[name] for name in compiled.params})
        return "\n".join(row[-1] for row in rows)


async def test_what_is_due_is_found_by_an_index(store):
    documents, pieces = store._documents._statements, store._rows._statements

    for statement in (documents.expired, pieces.due, documents.places_of_owner):
        plan = await plan_of(store, statement)
        assert "SCAN attachment_" not in plan
        assert "INDEX" in plan


async def test_a_sweep_takes_what_is_due_and_leaves_the_others(store, clock):
    await fill(store, clock, 2000)
    await keep(store, b"hello")
    clock.now += TTL + 1

    report = await store.attachment_gc(100)

    assert (report.removed, report.more, report.refs) == (1, False, (REF,))
    assert await count(store, "documents") == 2000
    assert await count(store, "frames") == 0


async def test_a_sweep_says_that_there_is_more(store):
    for number in range(3):
        await keep(store, b"x", Ref(REF.owner, REF.group, f"id{number}"))
        await store.attachments_touch(REF.owner, f"old{number}", 60)
    store.ctx.clock.now += TTL + 1
    reports = []
    while not reports or reports[-1].more:
        reports.append(await store.attachment_gc(2))

    assert sum(report.removed for report in reports) == 3
    assert len(reports) > 1
    assert await count(store, "documents") == 0


async def test_a_piece_that_is_needed_is_looked_at_again_later(store, clock):
    await store.attachments_touch(REF.owner, REF.group, 1000 * TTL)
    await keep(store, b"hello")
    clock.now += 2 * store.grace

    assert (await store.attachment_gc(100)).removed == 0
    [(due,)] = await ask(store, "SELECT due FROM attachment_pieces")
    assert due > clock.now

    await ask(store, "UPDATE attachment_documents SET version = 'mine', document = "
        """'{"expires": 1900000000, "entries": []}'""")  # fmt: skip
    clock.now = due + 1
    assert (await store.attachment_gc(100)).removed == 1


async def test_a_damaged_list_does_not_stop_the_sweep(open_store: Open, clock: Clock) -> None:
    store = await open_store()
    await keep(store, b"hello")
    await store.attachments_touch(REF.owner, "g2", TTL + 1)
    await keep(store, b"other", Ref(REF.owner, "g2", "id2"))
    await ask(store, "UPDATE attachment_documents SET document = 'no' WHERE group_name = 'g1'")
    clock.now += TTL + 1

    first = await store.attachment_gc(100)
    clock.now += store.grace
    second = await store.attachment_gc(100)

    assert (first.refs + second.refs) == (Ref(REF.owner, "g2", "id2"),)
    assert await count(store, "documents") == 0
    assert await count(store, "pieces") == 0


async def test_a_damaged_list_of_an_open_compose_keeps_its_pieces(store, clock):
    await store.attachments_touch(REF.owner, REF.group, 100 * TTL)
    await keep(store, b"hello")
    [(document,)] = await ask(store, "SELECT document FROM attachment_documents")
    await ask(store, "UPDATE attachment_documents SET document = 'no'")
    clock.now += 2 * TTL

    assert (await store.attachment_gc(100)).removed == 0
    await ask(store, f"UPDATE attachment_documents SET document = x'{document.hex()}'")  # noqa: S608
    assert await content_of(store) == b"hello"


async def test_a_document_that_came_again_is_another_state(store):
    place = Place(REF.owner, "again")
    assert await store._store(place, b'{"expires": 1}', None)
    document, first = await store._load(place)
    assert await store._store(place, None, first)
    assert await store._store(place, document, None)

    assert await store._store(place, b'{"expires": 2}', first) is False
    assert await store._store(place, b'{"expires": 2}', None) is False


async def test_places_of_one_owner_are_listed_once_each_over_many_pages(store, clock):
    await fill(store, clock, 1300)
    await ask(store, "UPDATE attachment_pieces SET owner = 'o1', group_name = piece")
    await ask(store, "UPDATE attachment_documents SET owner = 'o1' WHERE group_name != 'g1'")

    found = [place async for place in store._places("o1")]
    every = [place async for place in store._places(None)]

    assert len(found) == len(set(found)) == 2600
    assert set(every) == {*found, REF.place}


async def test_a_closed_compose_stays_closed_until_its_time_is_over(store, clock):
    await store.attachments_cleanup(REF.owner, REF.group)
    await store.attachment_gc(100)

    with pytest.raises(Conflict):
        await keep(store, b"late")
    clock.now += TTL + 1
    await store.attachment_gc(100)
    assert await store.attachments_touch(REF.owner, REF.group, TTL) is False
