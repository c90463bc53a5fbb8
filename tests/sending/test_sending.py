"""What a click on Send does, whatever the servers and the stores do meanwhile."""

import asyncio
import email
import email.policy
import hashlib
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from satchel.sending import Order, State
from satchel.sending.ticket import LEASE_SECONDS
from satchel_hookspecs import Place, Unavailable
from tests.sending.conftest import GROUP, OWNER, Desk
from tests.servers.scripted_smtp import DOT, ScriptedSmtp
from tests.servers.threaded import Fault


def parsed(body: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(body, policy=email.policy.default)


async def test_a_message_is_sent_filed_and_cleaned_up(desk: Desk, smtp: ScriptedSmtp):
    content = bytes(range(256)) * 2000
    await desk.attach(content, "Übersicht.bin")

    result = await desk.node().send(desk.order)

    assert (result.state, result.filed) == (State.ACCEPTED, True)
    [sent] = smtp.transactions
    assert sent.recipients == ["ben@example.test"]
    [part] = parsed(sent.body).iter_attachments()
    assert part.get_filename() == "Übersicht.bin"
    received = part.get_payload(decode=True)
    assert isinstance(received, bytes)
    assert hashlib.sha256(received).digest() == hashlib.sha256(content).digest()
    [copy] = desk.mailbox.fetch("Sent")
    assert copy == sent.body
    assert await desk.files.list(GROUP) == ()
    assert await desk.drafts.load(OWNER, GROUP) is None
    assert await desk.tickets.open_ids() == []


async def test_the_same_click_again_sends_no_second_message(desk: Desk, smtp: ScriptedSmtp):
    both = await asyncio.gather(desk.node().send(desk.order), desk.node().send(desk.order))
    third = await desk.node().send(desk.order)

    assert len(smtp.transactions) == 1
    assert third.state is State.ACCEPTED
    assert State.ACCEPTED in {one.state for one in both}


async def test_what_was_secret_is_wiped_when_it_ends(desk: Desk):
    await desk.node().send(desk.order)

    ticket = await desk.tickets.load(desk.tickets.id(OWNER, "click 1"))
    assert ticket is not None
    assert (ticket.username, ticket.password, ticket.draft.text) == ("", "", "")


@pytest.mark.parametrize(
    ("to", "text", "said"),
    [
        ("", "Hello.", "name somebody to send to"),
        ("ben@example.test, nobody", "Hello.", "nobody"),
        ("a@b.c>\r\nRCPT TO:<evil@x", "Hello.", "“"),
        ("ben@example.test", "y" * 1_600_000, "limit"),
    ],
)
async def test_what_cannot_be_sent_is_refused_before_a_server_is_asked(
    desk: Desk, smtp: ScriptedSmtp, to: str, text: str, said: str
):
    order = replace(desk.order, draft=replace(desk.order.draft, to=to, text=text))

    result = await desk.node().send(order)

    assert result.state is State.REFUSED
    assert said in result.text
    assert smtp.commands == []
    assert await desk.drafts.load(OWNER, GROUP) is not None


async def test_a_file_that_is_gone_is_named_and_nothing_is_sent(desk: Desk, smtp: ScriptedSmtp):
    id = await desk.attach(b"x", "gone.pdf")
    await desk.files.delete(GROUP, id)

    result = await desk.node().send(desk.order)

    assert (result.state, result.lost) == (State.REFUSED, ("gone.pdf",))
    assert smtp.commands == []


async def test_a_file_the_page_did_not_show_is_never_sent(desk: Desk, smtp: ScriptedSmtp):
    await desk.attach(b"x", "unseen.pdf")
    desk.order.files.clear()

    result = await desk.node().send(desk.order)

    assert (result.state, result.lost) == (State.REFUSED, ("unseen.pdf",))
    assert smtp.commands == []


async def test_a_file_that_the_store_lost_stops_the_message_though_no_page_shows_it(
    desk: Desk, smtp: ScriptedSmtp
):
    id = await desk.attach(b"x", "lost.pdf")
    await desk.attachments.attachment_delete(desk.files.ref(GROUP, id))
    desk.order.files.clear()

    result = await desk.node().send(desk.order)
    await desk.files.delete(GROUP, id)
    again = await desk.node().send(replace(desk.order, send_id="click 2"))

    assert (result.state, result.lost) == (State.REFUSED, ("lost.pdf",))
    assert again.state is State.ACCEPTED
    assert len(smtp.transactions) == 1


async def test_a_file_that_was_removed_where_it_was_not_seen_is_not_sent_by_an_older_page(
    desk: Desk, smtp: ScriptedSmtp
):
    id = await desk.attach(b"x", "secret.pdf")
    ref, kept = (
        desk.files.ref(GROUP, id),
        await desk.attachments._load(desk.files.ref(GROUP, id).place),
    )
    await desk.files.delete(GROUP, id)
    _, token = await desk.attachments._load(ref.place)
    assert await desk.attachments._store(ref.place, kept[0], token)  # the other node's list

    result = await desk.node().send(desk.order)

    assert (result.state, result.lost) == (State.REFUSED, ("secret.pdf",))
    assert smtp.commands == []


async def test_a_damaged_file_stops_the_message_before_its_end(desk: Desk, smtp: ScriptedSmtp):
    await desk.attach(b"x" * 600_000, "fine.pdf", "t1")
    await desk.attach(b"y" * 600_000, "damaged.pdf", "t2")
    for kept in desk.attachments._kept.values():
        if b"y" * 100 in kept.frames[1]:
            kept.frames[1] = kept.frames[1][:-1] + b"?"

    result = await desk.node().send(desk.order)

    assert (result.state, result.lost) == (State.REFUSED, ("damaged.pdf",))
    assert [one.accepted for one in smtp.transactions] == [False]
    assert len(await desk.files.list(GROUP)) == 2


async def test_a_file_that_cannot_be_read_is_named_and_nothing_is_sent(
    desk: Desk, smtp: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
):
    await desk.attach(b"x" * 600_000, "fine.pdf", "t1")
    await desk.attach(b"y" * 600_000, "on a bad sector.pdf", "t2")
    [*_, (_, piece)] = desk.attachments._kept
    read = desk.attachments._read

    async def read_all_but_one(
        place: Place, name: str, first: int, stop: int
    ) -> AsyncGenerator[bytes, None]:
        if name == piece:
            raise Unavailable("Input/output error")
        async for frame in read(place, name, first, stop):
            yield frame

    monkeypatch.setattr(desk.attachments, "_read", read_all_but_one)
    result = await desk.node().send(desk.order)

    assert (result.state, result.lost) == (State.REFUSED, ("on a bad sector.pdf",))
    assert [one.accepted for one in smtp.transactions] == [False]


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", DOT])
async def test_a_server_that_says_no_leaves_the_draft_and_its_files(
    desk: Desk, smtp: ScriptedSmtp, step: str
):
    await desk.attach(b"x")
    smtp.script[step] = "550 5.7.1 not <b>you</b>"

    result = await desk.node().send(desk.order)

    assert result.state is State.REFUSED
    assert "not <b>you</b>" in result.text or step in {"GREETING", "EHLO"}
    assert len(await desk.files.list(GROUP)) == 1
    assert await desk.drafts.load(OWNER, GROUP) is not None
    assert not any(one.accepted for one in smtp.transactions)


async def test_one_refused_recipient_of_two_sends_to_nobody(desk: Desk, smtp: ScriptedSmtp):
    smtp.script["RCPT TO:<bad@"] = "550 5.1.1 unknown"
    draft = replace(desk.order.draft, to="ben@example.test, bad@example.test")

    result = await desk.node().send(replace(desk.order, draft=draft))

    assert result.state is State.REFUSED
    assert "bad@example.test" in result.text
    assert [one.body for one in smtp.transactions] == [b""]


async def test_a_connection_lost_after_the_dot_is_unknown_and_never_sent_again(
    desk: Desk, smtp: ScriptedSmtp
):
    smtp.script[DOT] = Fault.RESET

    result = await desk.node().send(desk.order)
    smtp.script.clear()
    desk.clock.moved += 10 * LEASE_SECONDS

    assert result.state is State.UNKNOWN
    assert await desk.node().recover() == 0
    assert len(smtp.transactions) == 1
    assert await desk.drafts.load(OWNER, GROUP) is not None


async def test_a_message_whose_node_died_before_the_dot_is_sent_by_another(
    desk: Desk, smtp: ScriptedSmtp
):
    await desk.attach(b"x")
    node = desk.node()
    await desk.tickets.claim(desk.tickets.id(OWNER, "click 1"), node._ticket(desk.order))

    assert await desk.node().recover() == 0
    desk.clock.moved += LEASE_SECONDS + 1
    assert await desk.node().recover() == 1

    result = await desk.node().result(OWNER, "click 1")
    assert result is not None
    assert (result.state, result.filed) == (State.ACCEPTED, True)
    assert len(smtp.transactions) == 1


async def test_a_message_whose_node_died_after_the_dot_is_unknown(desk: Desk, smtp: ScriptedSmtp):
    node = desk.node()
    held = await desk.tickets.claim(desk.tickets.id(OWNER, "click 1"), node._ticket(desk.order))
    await held.commit(state=State.AT_DOT)
    desk.clock.moved += LEASE_SECONDS + 1

    await desk.node().recover()

    result = await desk.node().result(OWNER, "click 1")
    assert result is not None
    assert result.state is State.UNKNOWN
    assert smtp.transactions == []


async def test_a_slow_node_that_was_replaced_never_says_the_last_word(
    desk: Desk, smtp: ScriptedSmtp
):
    node = desk.node()
    held = await desk.tickets.claim(desk.tickets.id(OWNER, "click 1"), node._ticket(desk.order))
    desk.clock.moved += LEASE_SECONDS + 1
    assert await desk.tickets.take_over(held.id) is not None

    await node._begin(held)

    assert [one.accepted for one in smtp.transactions] == [False]


async def test_a_copy_that_fails_is_said_and_made_later(
    desk: Desk, smtp: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
):
    node = desk.node()
    with monkeypatch.context() as patch:

        async def down(*_: object) -> None:
            raise Unavailable("the medium is away")

        patch.setattr(node._filing, "file", down)
        result = await node.send(desk.order)
    desk.clock.moved += LEASE_SECONDS + 1
    await node.recover()

    assert (result.state, result.filed) == (State.ACCEPTED, False)
    assert len(desk.mailbox.fetch("Sent")) == 1
    assert len(smtp.transactions) == 1


async def test_a_caller_who_leaves_does_not_stop_the_message(desk: Desk, smtp: ScriptedSmtp):
    node = desk.node()
    call = asyncio.create_task(node.send(desk.order))
    for _ in range(100):
        await asyncio.sleep(0)
    call.cancel()
    await asyncio.wait({call})
    await node.drain()

    assert [one.accepted for one in smtp.transactions] == [True]
    result = await node.result(OWNER, "click 1")
    assert result is not None
    assert result.filed


async def test_a_draft_that_was_sent_is_not_sent_by_another_tab(desk: Desk, smtp: ScriptedSmtp):
    await desk.node().send(desk.order)
    again: Order = replace(desk.order, send_id="click 2")

    result = await desk.node().send(again)

    assert result.state is State.REFUSED
    assert "sent already" in result.text
    assert len(smtp.transactions) == 1
