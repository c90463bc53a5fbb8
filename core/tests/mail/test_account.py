"""The mail of one account on a real Dovecot."""

import asyncio
import hashlib
import random
import tracemalloc
from collections.abc import AsyncIterator
from datetime import date

import pytest
from tests.servers.mailbox import Mailbox

from satchel.mail.account import Account
from satchel.mail.addresses import Address
from satchel.mail.errors import (
    FolderChanged,
    FolderMissing,
    FolderNameRefused,
    MailServerRefused,
    MessageMissing,
    PartLengthDiffers,
    PartMissing,
)
from satchel.mail.imap_session import ImapSession
from satchel.mail.search import Search

HOSTILE_NAMES = ["Entwürfe", "日本語", 'a"b', "back\\slash", "a&b", "100%", "😀", "(x)", "a b", "1"]


def simple(subject: str, body: str = "hello", extra: str = "") -> bytes:
    text = (
        f"From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: {subject}\n{extra}\n{body}\n"
    )
    return text.replace("\n", "\r\n").encode()


async def blocks(data: bytes, size: int = 262_144) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def test_folders_have_roles_counts_and_depth(account: Account, mailbox: Mailbox) -> None:
    mailbox.create_folder("Work/2026")
    mailbox.deliver(simple("one"))
    mailbox.deliver(simple("two"), flags=["\\Seen"])

    folders = await account.folders()

    assert ["INBOX", "Drafts", "Sent", "Archive", "Junk", "Trash", "Work", "Work/2026"] == [
        folder.name for folder in folders
    ]
    assert ["inbox", "drafts", "sent", "archive", "junk", "trash", None, None] == [
        folder.role for folder in folders
    ]
    assert (2, 1) == (folders[0].total, folders[0].unread)
    assert ("2026", 1, True) == (folders[7].label, folders[7].depth, folders[7].is_selectable)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
async def test_a_folder_may_have_any_printable_name(
    account: Account, mailbox: Mailbox, name: str
) -> None:
    await account.create_folder(name)
    await account.append(name, blocks(simple("x")), len(simple("x")))

    page = await account.messages(name)

    assert name in [folder.name for folder in await account.folders()]
    assert ["x"] == [message.subject for message in page.messages]
    assert simple("x") == mailbox.fetch(name)[0]


@pytest.mark.parametrize("name", ["INBOX\r\nA1 DELETE x", "a\x00b", "a\nb", "", "a\u2028b"])
async def test_a_name_that_would_end_the_command_is_refused(account: Account, name: str) -> None:
    for refused in (account.messages(name), account.create_folder(name), account.open(name, 1)):
        with pytest.raises(FolderNameRefused):
            await refused


async def test_a_page_is_newest_first(account: Account, mailbox: Mailbox) -> None:
    with mailbox.connect() as client:
        for number in range(120):
            client.append("INBOX", simple(f"number {number}"))

    first, last = await account.messages("INBOX"), await account.messages("INBOX", start=100)
    beyond = await account.messages("INBOX", start=500)

    assert (120, 50) == (first.total, len(first.messages))
    assert "number 119" == first.messages[0].subject
    assert [f"number {n}" for n in range(19, -1, -1)] == [m.subject for m in last.messages]
    assert () == beyond.messages


async def test_a_summary_says_what_a_list_shows(account: Account, mailbox: Mailbox) -> None:
    attached = (
        "MIME-Version: 1.0\nDate: Mon, 23 Nov 2026 10:00:00 +0100\n"
        "Content-Type: multipart/mixed; boundary=b\n"
    )
    body = "--b\n\nhi\n--b\nContent-Disposition: attachment; filename=a.pdf\n\nx\n--b--"
    mailbox.deliver(simple("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", body, attached), flags=["\\Flagged"])
    mailbox.deliver(simple("plain"))

    plain, rich = (await account.messages("INBOX")).messages

    assert "Grüße" == rich.subject
    assert (Address("Ann", "ann@example.org"),) == rich.from_
    assert "2026-11-23T10:00:00+01:00" == rich.date.isoformat()
    assert (True, True, True) == (rich.has_attachments, rich.is_flagged, rich.is_unread)
    assert (False, False) == (plain.has_attachments, plain.is_flagged)


async def test_search_finds_letters_of_any_script(account: Account, mailbox: Mailbox) -> None:
    mailbox.deliver(simple("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "eins"))
    mailbox.deliver(simple("other", 'say "zwei" \\ 3'), flags=["\\Seen"])

    async def subjects(search: Search) -> list[str]:
        return [m.subject for m in (await account.messages("INBOX", search=search)).messages]

    assert ["Grüße"] == await subjects(Search(subject="grüße"))
    assert ["other"] == await subjects(Search(text='"zwei" \\'))
    assert ["Grüße"] == await subjects(Search(is_unread=True))
    assert [] == await subjects(Search(from_="日本語"))
    assert ["other", "Grüße"] == await subjects(Search(from_="ann", since=date(2020, 1, 1)))
    assert [] == await subjects(Search(text="x\r\nA1 LOGOUT"))
    for word in ("{5}", "{5+}", ")", "(", "*", "%", "\\", '"', "NIL", "x)"):
        assert [] == await subjects(Search(subject=word, text=word)), word
    assert ["other"] == await subjects(Search(subject="other", text="ZWEI"))
    assert ["other", "Grüße"] == await subjects(Search())


async def test_an_opened_message_has_text_html_and_parts(
    account: Account, mailbox: Mailbox
) -> None:
    mailbox.deliver(RICH)

    [summary] = (await account.messages("INBOX")).messages
    message = await account.open("INBOX", summary.uid)

    assert message.text is not None
    assert message.html is not None
    assert "Grüße\n" == message.text.text
    assert '<img src="cid:logo@x">\n' == message.html.text
    assert ["Übersicht.pdf", "note.txt", "", ""] == [p.filename for p in message.attachments]
    assert ["message/rfc822", "text/plain"] == [p.content_type for p in message.attachments[2:]]
    assert ["logo@x"] == [part.content_id for part in message.inline]
    assert ("<1@x>", ("<0@x>", "<z@x>")) == (message.message_id, message.references)
    assert "\\Seen" not in message.flags


async def test_a_part_streams_decoded(account: Account, mailbox: Mailbox) -> None:
    mailbox.deliver(RICH)
    message = await account.open("INBOX", 1)

    async def read(section: str) -> bytes:
        part = await account.part("INBOX", 1, section)
        return b"".join([b async for b in account.part_stream("INBOX", 1, part)])

    assert b"%PDF" == await read(message.attachments[0].section)
    assert b"caf\xc3\xa9 = tea" == await read(message.attachments[1].section)
    assert (await read(message.attachments[2].section)).startswith(b"Subject: inner")
    with pytest.raises(PartMissing):
        await account.part("INBOX", 1, "9.9")


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 7_000_001])
async def test_what_is_appended_comes_back_byte_for_byte(account: Account, size: int) -> None:
    body = random.Random(size).randbytes(size).hex().encode()
    lines = b"\r\n".join(body[i : i + 76] for i in range(0, len(body), 76))
    data = b"Subject: big\r\n\r\n" + lines + b"\r\n"

    kept = await account.append("Sent", blocks(data), len(data), ["\\Seen"])
    assert kept.uid is not None
    found = hashlib.sha256()
    async for block in account.raw_stream("Sent", kept.uid, kept.uidvalidity):
        found.update(block)

    assert hashlib.sha256(data).digest() == found.digest()


async def test_memory_stays_flat_in_both_directions(account: Account) -> None:
    head = b"Subject: big\r\nContent-Transfer-Encoding: base64\r\nContent-Type: a/b\r\n\r\n"
    block = (b"QUJD" * 19 + b"\r\n") * 3360

    async def big() -> AsyncIterator[bytes]:
        yield head
        for _ in range(240):
            yield block

    tracemalloc.start()
    kept = await account.append("Sent", big(), len(head) + 240 * len(block))
    assert kept.uid is not None
    part = await account.part("Sent", kept.uid, "1")
    read = 0
    async for data in account.part_stream("Sent", kept.uid, part):
        read += len(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert 240 * 3360 * 57 == read
    assert peak < 16_000_000


async def test_a_stream_of_the_wrong_length_leaves_nothing(
    account: Account, mailbox: Mailbox
) -> None:
    data = simple("x")
    for announced in (len(data) - 1, len(data) + 1):
        with pytest.raises(PartLengthDiffers):
            await account.append("INBOX", blocks(data), announced)

    assert 0 == mailbox.count()
    assert 0 == (await account.messages("INBOX")).total


async def test_appending_to_no_folder_is_said_before_a_byte_is_taken(account: Account) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("asked for bytes")
        yield b""

    with pytest.raises(FolderMissing):
        await account.append("nowhere", never(), 10)


async def test_flags_are_set_and_unset(account: Account, mailbox: Mailbox) -> None:
    mailbox.deliver(simple("x"))
    page = await account.messages("INBOX")
    uids = [page.messages[0].uid]

    await account.set_flags("INBOX", uids, ["\\Seen", "$Forwarded"], page.uidvalidity)
    seen = (await account.messages("INBOX")).messages[0]
    await account.unset_flags("INBOX", uids, ["\\Seen"], page.uidvalidity)

    assert {"\\Seen", "$Forwarded"} <= seen.flags
    assert (await account.messages("INBOX")).messages[0].is_unread
    with pytest.raises(MailServerRefused):
        await account.set_flags("INBOX", uids, [") x"], page.uidvalidity)


async def test_deleting_moves_to_the_trash_and_from_there_away(
    account: Account, mailbox: Mailbox
) -> None:
    mailbox.deliver(simple("x"))
    inbox = await account.messages("INBOX")
    uids = [inbox.messages[0].uid]
    await account.move_to_trash("INBOX", uids, inbox.uidvalidity)
    trash = await account.messages("Trash")
    moved = [m.subject for m in trash.messages]
    await account.move_to_trash("Trash", [trash.messages[0].uid], trash.uidvalidity)
    await account.delete("INBOX", uids, inbox.uidvalidity)

    assert ["x"] == moved
    assert (0, 0) == (mailbox.count("INBOX"), mailbox.count("Trash"))


async def test_moving_to_no_folder_keeps_the_message(account: Account, mailbox: Mailbox) -> None:
    mailbox.deliver(simple("x"))
    page = await account.messages("INBOX")

    with pytest.raises(FolderMissing):
        await account.move("INBOX", [page.messages[0].uid], "nowhere", page.uidvalidity)

    assert 1 == mailbox.count()


async def test_what_is_not_there_is_said(account: Account, mailbox: Mailbox) -> None:
    mailbox.deliver(simple("x"))
    page = await account.messages("INBOX")

    for uid in (0, -1, 999, 2**32, 2**70):
        with pytest.raises(MessageMissing):
            await account.open("INBOX", uid)
    with pytest.raises(FolderMissing):
        await account.messages("nowhere")
    with pytest.raises(FolderChanged):
        await account.open("INBOX", page.messages[0].uid, page.uidvalidity + 1)


async def test_what_came_after_the_folder_was_opened_is_there(
    account: Account, mailbox: Mailbox
) -> None:
    mailbox.deliver(simple("one"))
    [first] = (await account.messages("INBOX")).messages
    await account.open("INBOX", first.uid)
    mailbox.deliver(simple("two"))

    assert (await account.open("INBOX", first.uid + 1)).subject == "two"
    with pytest.raises(MessageMissing):
        await account.open("INBOX", first.uid + 2)


async def test_a_missing_role_folder_is_made(account: Account, mailbox: Mailbox) -> None:
    assert "Sent" == await account.role_folder("sent")
    assert "Sent" in mailbox.list_folders()


async def test_a_server_without_extensions_does_the_same(
    account: Account, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImapSession, "has", lambda *_: False)
    for number in range(5):
        mailbox.deliver(simple(f"number {number}"))

    page = await account.messages("INBOX", start=1, count=2)
    found = await account.messages("INBOX", search=Search(subject="number"), count=1)
    folders = await account.folders()
    await account.move("INBOX", [page.messages[0].uid], "Archive", page.uidvalidity)
    await account.delete("INBOX", [page.messages[1].uid], page.uidvalidity)
    left = await account.messages("INBOX")

    assert ["number 3", "number 2"] == [m.subject for m in page.messages]
    assert (5, "number 4") == (found.total, found.messages[0].subject)
    assert ("INBOX", 5, 5) == (folders[0].name, folders[0].total, folders[0].unread)
    assert {"sent", "trash"} < {folder.role for folder in folders}
    assert ["number 4", "number 1", "number 0"] == [m.subject for m in left.messages]
    assert 1 == mailbox.count("Archive")


async def test_without_uidplus_what_another_program_marked_is_not_deleted(
    account: Account, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImapSession, "has", lambda *_: False)
    mailbox.deliver(simple("marked"), flags=["\\Deleted"])
    mailbox.deliver(simple("ours"))
    page = await account.messages("INBOX")

    await account.delete("INBOX", [page.messages[0].uid], page.uidvalidity)

    assert 2 == mailbox.count()


async def test_a_message_past_understanding_does_not_hide_the_others(
    account: Account, mailbox: Mailbox
) -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(95)
    )
    mailbox.deliver(b"Subject: deep\r\nMIME-Version: 1.0\r\n" + nested + b"\r\nhello\r\n")
    mailbox.deliver(simple("plain"))
    mailbox.deliver(b"\xff\xfe\x80")
    mailbox.deliver(b"Subject: =?utf-8?b?" + b"A" * 100_000 + b"?=\r\n\r\n")

    page = await account.messages("INBOX")
    opened = [await account.open("INBOX", message.uid) for message in page.messages]

    assert ["plain", "deep"] == [message.subject for message in page.messages[2:]]
    assert opened[3].structure.is_cut
    raw = [block async for block in account.raw_stream("INBOX", page.messages[3].uid)]
    assert b"hello" in b"".join(raw)


async def test_many_calls_at_once_are_served_in_turn(account: Account, mailbox: Mailbox) -> None:
    mailbox.deliver(simple("x"))

    pages = await asyncio.gather(*(account.messages("INBOX") for _ in range(20)))

    assert {1} == {page.total for page in pages}


RICH = b"""From: Ann <ann@example.org>
To: bob@example.org
Subject: rich
Message-ID: <1@x>
References: <0@x> junk
 <z@x>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe

--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html; charset=utf-8

<img src="cid:logo@x">

--r
Content-Type: image/png
Content-ID: <logo@x>
Content-Transfer-Encoding: base64

aGk=
--r--
--a--
--m
Content-Type: application/pdf; name=old
Content-Disposition: attachment; filename*=UTF-8''%C3%9Cbersicht.pdf
Content-Transfer-Encoding: base64

JVBE
Rg==
--m
Content-Type: text/plain; name=note.txt
Content-Transfer-Encoding: quoted-printable

caf=C3=A9 =3D=
 tea
--m
Content-Type: message/rfc822

Subject: inner

inner text
--m
Content-Type: text/plain

footer
--m--
""".replace(b"\n", b"\r\n")
