"""The demo's mail servers, asked by real clients."""

import asyncio
import base64
import hashlib
import imaplib
import smtplib
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from satchel_site.demo import DataInUse, DemoAccount, DemoMail, demo_mail
from satchel_site.demo.seeds.samples import INVOICE


@pytest.fixture
async def mail(tmp_path: Path) -> AsyncIterator[DemoMail]:
    async with demo_mail(tmp_path) as running:
        yield running


def sign_in(mail: DemoMail, account: DemoAccount) -> IMAPClient:
    client = IMAPClient(mail.host, mail.imap_port, ssl=False, timeout=60)
    try:
        client.plain_login(account.address, account.password)
    except LoginError:
        client.shutdown()
        raise
    return client


async def ask(mail: DemoMail, question: Callable[[IMAPClient], Any], who: int = 0) -> Any:
    def talk() -> Any:
        with sign_in(mail, mail.accounts[who]) as client:
            return question(client)

    return await asyncio.to_thread(talk)


async def send(mail: DemoMail, content: bytes | EmailMessage, to: str | None = None) -> None:
    ada, ben = mail.accounts

    def talk() -> None:
        with smtplib.SMTP(mail.host, mail.smtp_port, timeout=60) as client:
            client.login(ben.address, ben.password)
            raw = content if isinstance(content, bytes) else content.as_bytes(policy=SMTP)
            client.sendmail(ben.address, [to or ada.address], raw, ["BODY=8BITMIME"])

    await asyncio.to_thread(talk)


def newest(client: IMAPClient, *fields: str, folder: str = "INBOX") -> dict[bytes, Any]:
    client.select_folder(folder)
    uid = max(client.search())
    found: dict[bytes, Any] = client.fetch([uid], list(fields))[uid]
    return found


async def test_seeded_folders_are_listed_with_their_purpose(mail: DemoMail) -> None:
    found = {name: flags for flags, _, name in await ask(mail, lambda c: c.list_folders())}

    assert {"INBOX", "Entwürfe 2026", "Projekte/Überblick", "Receipts/2026"} <= found.keys()
    for name in ("Archive", "Drafts", "Junk", "Sent", "Trash"):
        assert b"\\" + name.encode() in found[name]


async def test_inbox_has_more_than_two_pages(mail: DemoMail) -> None:
    status = await ask(mail, lambda c: c.folder_status("INBOX", ["MESSAGES", "UNSEEN"]))

    assert 100 < status[b"MESSAGES"] < 130
    assert 10 < status[b"UNSEEN"] < 30


async def test_second_account_has_mail_of_its_own(mail: DemoMail) -> None:
    status = await ask(mail, lambda c: c.folder_status("INBOX", ["MESSAGES"]), who=1)

    assert 8 < status[b"MESSAGES"] < 20


async def test_invoice_arrives_byte_for_byte(mail: DemoMail) -> None:
    def look(client: IMAPClient) -> tuple[Any, bytes]:
        client.select_folder("INBOX")
        (uid,) = client.search(["SUBJECT", "Rechnung 2048"])
        found = client.fetch([uid], ["BODYSTRUCTURE", "BODY.PEEK[2]"])[uid]
        return found[b"BODYSTRUCTURE"][0][1], found[b"BODY[2]"]

    structure, encoded = await ask(mail, look)

    assert structure[:2] == (b"application", b"pdf")
    assert structure[8] == (b"attachment", (b"filename", b"Rechnung 2048.pdf"))
    assert structure[6] == len(encoded)
    assert base64.b64decode(encoded) == INVOICE


async def test_letter_reaches_the_other_account(mail: DemoMail) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = mail.accounts[1].address, mail.accounts[0].address
    letter["Subject"] = "Grüße"
    letter.set_content(".a dot\n..two dots\n.\nthe end\n")

    await send(mail, letter)

    found = await ask(mail, lambda c: newest(c, "ENVELOPE", "BODY.PEEK[TEXT]", "FLAGS"))
    assert found[b"BODY[TEXT]"] == b".a dot\r\n..two dots\r\n.\r\nthe end\r\n"
    assert b"=?utf-8?" in found[b"ENVELOPE"].subject
    assert b"\\Seen" not in found[b"FLAGS"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b".",
        b"\r\n.x\r\n",
        b"x" * 262_143 + b"\r\n.y",
        b"x" * 262_144 + b"\r\n..",
        b".\r\n" * 9,
    ],
    ids=["empty", "dot", "dot-line", "dot-at-a-chunk", "dots-behind-a-chunk", "many-dots"],
)
async def test_body_arrives_as_it_was_sent(mail: DemoMail, body: bytes) -> None:
    await send(mail, b"Subject: raw\r\n\r\n" + body)

    found = await ask(mail, lambda c: newest(c, "BODY.PEEK[TEXT]"))
    expected = body if body.endswith(b"\r\n") or not body else body + b"\r\n"
    assert found[b"BODY[TEXT]"] == expected


async def test_message_without_any_byte_is_delivered(mail: DemoMail) -> None:
    ada, ben = mail.accounts

    def talk() -> int:
        with smtplib.SMTP(mail.host, mail.smtp_port, timeout=60) as client:
            client.login(ben.address, ben.password)
            client.mail(ben.address)
            client.rcpt(ada.address)
            client.docmd("DATA")
            return client.docmd(".")[0]

    assert await asyncio.to_thread(talk) == 250


async def test_30_megabytes_arrive_whole(mail: DemoMail) -> None:
    letter = EmailMessage()
    letter["Subject"] = "large"
    content = hashlib.shake_256(b"large").digest(22_000_000)
    letter.add_attachment(content, "application", "octet-stream", filename="large.bin")

    await send(mail, letter)

    def download(client: IMAPClient) -> bytes:
        client.select_folder("INBOX")
        uid, step = max(client.search()), 262_144
        parts: list[bytes] = []
        while not parts or len(parts[-1]) == step:
            name = f"BODY.PEEK[1]<{step * len(parts)}.{step}>"
            found = client.fetch([uid], [name])[uid]
            parts.append(found[f"BODY[1]<{step * len(parts)}>".encode()])
        return b"".join(parts)

    encoded = await ask(mail, download)
    assert hashlib.sha256(content).digest() == hashlib.sha256(base64.b64decode(encoded)).digest()


async def test_message_over_the_limit_is_refused_with_the_number(
    mail: DemoMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satchel_site.demo.smtp.LARGEST_MESSAGE", 1_000_000)

    ada, ben = mail.accounts

    def talk() -> tuple[int, tuple[int, bytes]]:
        with smtplib.SMTP(mail.host, mail.smtp_port, timeout=60) as client:
            client.login(ben.address, ben.password)
            announced = client.mail(ben.address, ["SIZE=2000000"])[0]
            client.mail(ben.address)
            client.rcpt(ada.address)
            return announced, client.data(b"Subject: x\r\n\r\n" + b"y" * 2_000_000)

    announced, (code, words) = await asyncio.to_thread(talk)

    assert (announced, code) == (552, 552)
    assert b"1000000 bytes" in words


async def test_unknown_recipient_is_refused(mail: DemoMail) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        await send(mail, b"Subject: x\r\n\r\n", to="nobody@satchel.example")

    assert refused.value.recipients["nobody@satchel.example"][0] == 550


async def test_nothing_goes_to_the_outside(mail: DemoMail) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        await send(mail, b"Subject: x\r\n\r\n", to="someone@elsewhere.example")

    code, words = refused.value.recipients["someone@elsewhere.example"]
    assert code == 550
    assert b"sends nothing to the outside" in words


async def test_sending_as_somebody_else_is_refused(mail: DemoMail) -> None:
    ada, ben = mail.accounts

    def talk() -> int:
        with smtplib.SMTP(mail.host, mail.smtp_port, timeout=60) as client:
            client.login(ben.address, ben.password)
            return client.mail(ada.address)[0]

    assert await asyncio.to_thread(talk) == 553


async def test_sending_needs_a_sign_in(mail: DemoMail) -> None:
    def talk() -> int:
        with smtplib.SMTP(mail.host, mail.smtp_port, timeout=60) as client:
            client.ehlo()
            return client.mail(mail.accounts[1].address)[0]

    assert await asyncio.to_thread(talk) == 530


@pytest.mark.parametrize("password", ["wrong", "", "пароль", 'quo"te\\'])
async def test_wrong_password_is_refused(mail: DemoMail, password: str) -> None:
    wrong = DemoAccount(mail.accounts[0].address, password, "")

    with pytest.raises(LoginError):
        await asyncio.to_thread(sign_in, mail, wrong)


async def test_wrong_password_is_refused_by_smtp(mail: DemoMail) -> None:
    def talk() -> None:
        with smtplib.SMTP(mail.host, mail.smtp_port, timeout=60) as client:
            client.login(mail.accounts[0].address, "wrong")

    with pytest.raises(smtplib.SMTPAuthenticationError):
        await asyncio.to_thread(talk)


async def test_restart_keeps_mail_flags_folders_and_passwords(tmp_path: Path) -> None:
    def change(client: IMAPClient) -> tuple[int, int]:
        client.create_folder("Neu/日本.v2")
        client.select_folder("INBOX")
        uid = client.search()[0]
        client.add_flags([uid], [b"\\Flagged", b"$Forwarded"])
        return uid, client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]

    def look(client: IMAPClient) -> tuple[Any, ...]:
        names = {name for _, _, name in client.list_folders()}
        validity = client.select_folder("INBOX")[b"UIDVALIDITY"]
        found = client.fetch([uid], ["FLAGS"])[uid][b"FLAGS"]
        return names, validity, set(found), len(client.search())

    async with demo_mail(tmp_path) as first:
        uid, before = await ask(first, change)
        await send(first, b"Subject: kept\r\n\r\n")
        count = (await ask(first, look))[3]
    async with demo_mail(tmp_path) as second:
        names, after, flags, kept = await ask(second, look)

    assert first.accounts == second.accounts
    assert "Neu/日本.v2" in names
    assert before == after
    assert {b"\\Flagged", b"$Forwarded"} <= flags
    assert count == kept


async def test_second_start_on_the_same_data_is_refused(tmp_path: Path) -> None:
    async with demo_mail(tmp_path):
        with pytest.raises(DataInUse, match="Another demo is running"):
            async with demo_mail(tmp_path):
                pass


async def test_leaving_does_not_wait_for_open_connections(tmp_path: Path) -> None:
    async with asyncio.timeout(30):
        async with demo_mail(tmp_path) as mail:
            client = await asyncio.to_thread(sign_in, mail, mail.accounts[0])
            smtp = await asyncio.to_thread(smtplib.SMTP, mail.host, mail.smtp_port)

    client.shutdown()
    smtp.close()


async def test_passwords_are_nobody_elses(tmp_path: Path) -> None:
    async with demo_mail(tmp_path) as mail:
        ada, ben = mail.accounts

    assert ada.password != ben.password
    assert (tmp_path / "mail" / "passwords.json").stat().st_mode & 0o777 == 0o600


async def test_new_mail_is_pushed_to_an_idle_client(mail: DemoMail) -> None:
    waiting, arrived = asyncio.Event(), asyncio.get_running_loop()

    def wait(client: IMAPClient) -> list[Any]:
        client.select_folder("INBOX")
        client.idle()
        arrived.call_soon_threadsafe(waiting.set)
        found: list[Any] = client.idle_check(timeout=30)
        client.idle_done()
        return found

    push = asyncio.create_task(ask(mail, wait))
    await waiting.wait()
    await send(mail, b"Subject: news\r\n\r\n")

    assert any(b"EXISTS" in one for one in await push)


async def test_raw_client_reads_a_name_in_its_own_encoding(mail: DemoMail) -> None:
    ada = mail.accounts[0]

    def talk() -> bytes:
        with imaplib.IMAP4(mail.host, mail.imap_port, timeout=60) as client:
            client.login(ada.address, ada.password)
            return client.select('"Projekte/&ANw-berblick"')[1][0] or b""

    assert await asyncio.to_thread(talk) == b"1"
