"""What a webmail does with the demo's folders."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from satchel_site.demo import DemoMail, demo_mail


@pytest.fixture
async def mail(tmp_path: Path) -> AsyncIterator[DemoMail]:
    async with demo_mail(tmp_path) as running:
        yield running


async def ask(mail: DemoMail, question: Callable[[IMAPClient], Any]) -> Any:
    def talk() -> Any:
        with IMAPClient(mail.host, mail.imap_port, ssl=False, timeout=60) as client:
            client.login(mail.accounts[0].address, mail.accounts[0].password)
            return question(client)

    return await asyncio.to_thread(talk)


def letter(text: str = "text\n") -> EmailMessage:
    message = EmailMessage(SMTP)
    message["Subject"] = "kept"
    message.set_content(text)
    return message


async def test_copy_has_the_same_bytes_and_flags(mail: DemoMail) -> None:
    def copy(client: IMAPClient) -> tuple[Any, Any]:
        client.select_folder("INBOX")
        (uid,) = client.search(["SUBJECT", "Rechnung 2048"])
        before = client.fetch([uid], ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])[uid]
        client.copy([uid], "Projekte/Überblick")
        client.select_folder("Projekte/Überblick")
        uid = max(client.search())
        return before, client.fetch([uid], ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])[uid]

    before, after = await ask(mail, copy)

    assert before[b"BODY[]"] == after[b"BODY[]"]
    assert before[b"INTERNALDATE"] == after[b"INTERNALDATE"]
    assert b"\\Flagged" in after[b"FLAGS"]


async def test_move_takes_the_message_away(mail: DemoMail) -> None:
    def move(client: IMAPClient) -> tuple[int, int]:
        client.select_folder("INBOX")
        (uid,) = client.search(["SUBJECT", "Rechnung 2048"])
        before = len(client.search())
        client.move([uid], "Archive")
        left = len(client.search())
        client.select_folder("Archive")
        return before - left, len(client.search(["SUBJECT", "Rechnung"]))

    gone, there = await ask(mail, move)

    assert (gone, there) == (1, 1)


async def test_move_into_the_same_folder_keeps_the_message(mail: DemoMail) -> None:
    def move(client: IMAPClient) -> bool:
        client.select_folder("INBOX")
        uid = client.search()[0]
        client.move([uid], "INBOX")
        return uid in client.search()

    assert await ask(mail, move)


async def test_appended_message_keeps_every_byte(mail: DemoMail) -> None:
    raw = b"Subject: odd\r\nX-Long: " + b"y" * 3000 + b"\r\n\r\ntwo\r\nlines\r\n.\r\n\xff\xfe"

    def append(client: IMAPClient) -> bytes:
        client.append("Sent", raw, [b"\\Seen"])
        client.select_folder("Sent")
        uid = max(client.search())
        found = client.fetch([uid], ["BODY.PEEK[]", "RFC822.SIZE"])[uid]
        assert found[b"RFC822.SIZE"] == len(raw)
        return bytes(found[b"BODY[]"])

    assert await ask(mail, append) == raw


async def test_flags_are_counted_in_the_status(mail: DemoMail) -> None:
    def count(client: IMAPClient) -> list[int]:
        client.select_folder("INBOX")
        seen = client.search("SEEN")
        counts = [client.folder_status("INBOX", ["UNSEEN"])[b"UNSEEN"]]
        client.remove_flags(seen[:7], [b"\\Seen"])
        counts.append(client.folder_status("INBOX", ["UNSEEN"])[b"UNSEEN"])
        client.set_flags(seen[:7], [b"\\Seen"])
        return [*counts, client.folder_status("INBOX", ["UNSEEN"])[b"UNSEEN"]]

    first, more, again = await ask(mail, count)

    assert (first + 7, first) == (more, again)


async def test_other_connection_sees_a_deletion(mail: DemoMail) -> None:
    def look(client: IMAPClient) -> tuple[int, int]:
        before = int(client.select_folder("INBOX")[b"EXISTS"])
        with IMAPClient(mail.host, mail.imap_port, ssl=False, timeout=60) as other:
            other.login(mail.accounts[0].address, mail.accounts[0].password)
            other.select_folder("INBOX")
            other.delete_messages(other.search()[:3])
            other.expunge()
        client.noop()
        return before, len(client.search())

    before, after = await ask(mail, look)

    assert before - 3 == after


@pytest.mark.parametrize("name", ["Entwürfe", "日本語", "a.b", "..", "50 %", "cur", "x:2,S", "📎"])
async def test_folder_of_any_name_holds_mail(mail: DemoMail, name: str) -> None:
    def use(client: IMAPClient) -> tuple[bool, int, bool]:
        client.create_folder(name)
        there = name in [found for _, _, found in client.list_folders()]
        client.append(name, letter().as_bytes())
        held = int(client.select_folder(name)[b"EXISTS"])
        client.close_folder()
        client.rename_folder(name, "Renamed")
        held += int(client.select_folder("Renamed")[b"EXISTS"])
        client.close_folder()
        client.delete_folder("Renamed")
        return there, held, client.folder_exists(name)

    assert await ask(mail, use) == (True, 2, False)


@pytest.mark.parametrize("name", ["n" * 300, "a//b", "Archive", "../ben@satchel.example/x/"])
async def test_folder_of_an_unusable_name_is_refused(mail: DemoMail, name: str) -> None:
    def create(client: IMAPClient) -> None:
        client.create_folder(name)

    with pytest.raises(IMAPClientError):
        await ask(mail, create)


async def test_parts_are_sized_and_cut_as_their_boundaries_say(mail: DemoMail) -> None:
    inner = letter("inner\n")
    inner.add_attachment(b"one\n", "application", "octet-stream", filename="1.bin", cte="7bit")
    message = letter("outer\n")
    message.add_attachment(inner)

    def look(client: IMAPClient) -> dict[bytes, Any]:
        client.append("Sent", message.as_bytes())
        client.select_folder("Sent")
        uid = max(client.search())
        names = ["BODYSTRUCTURE", "BODY.PEEK[1]", "BODY.PEEK[2.1]", "BODY.PEEK[2.2]"]
        found: dict[bytes, Any] = client.fetch([uid], names)[uid]
        return found

    found = await ask(mail, look)

    assert found[b"BODY[1]"] == b"outer\r\n"
    assert found[b"BODY[2.1]"] == b"inner\r\n"
    assert found[b"BODY[2.2]"] == b"one\r\n"
    parts = found[b"BODYSTRUCTURE"][0]
    assert parts[0][6:8] == (len(b"outer\r\n"), 1)
    assert parts[1][:2] == (b"message", b"rfc822")


async def test_words_are_found_in_encoded_text_and_subject(mail: DemoMail) -> None:
    def search(client: IMAPClient) -> list[int]:
        client.select_folder("INBOX")
        wanted = (
            ("SUBJECT", "打ち合わせ"),
            ("BODY", "الميزانية"),
            ("TEXT", "hecke"),
            ("TEXT", "zeppelin"),
        )
        return [len(client.search([*words], "UTF-8")) for words in wanted]

    japanese, arabic, german, nothing = await ask(mail, search)

    assert (japanese, arabic, german, nothing) == (2, 1, 1, 0)


async def test_every_seeded_message_can_be_listed_and_read(mail: DemoMail) -> None:
    def read(client: IMAPClient) -> int:
        total = 0
        for _, _, name in client.list_folders():
            client.select_folder(name, readonly=True)
            fields = ["ENVELOPE", "BODYSTRUCTURE", "RFC822.SIZE", "BODY.PEEK[]"]
            for found in client.fetch(client.search(), fields).values() if client.search() else ():
                assert found[b"RFC822.SIZE"] == len(found[b"BODY[]"])
                assert found[b"ENVELOPE"].date is not None
                total += 1
        return total

    assert 110 < await ask(mail, read) < 140


async def test_append_over_the_limit_is_refused(mail: DemoMail) -> None:
    ada = mail.accounts[0]

    def talk() -> bytes:
        with socket.create_connection((mail.host, mail.imap_port), 60) as connection:
            lines = connection.makefile("rwb")
            lines.readline()
            secret = base64.b64encode(f"\0{ada.address}\0{ada.password}".encode())
            lines.write(b"a AUTHENTICATE PLAIN\r\n")
            lines.flush()
            lines.readline()
            lines.write(secret + b"\r\nb APPEND Sent {200000000}\r\n")
            lines.flush()
            lines.readline()
            return lines.readline()

    assert b"b BAD" in await asyncio.to_thread(talk)
