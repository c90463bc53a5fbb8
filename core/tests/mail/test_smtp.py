"""Handing a message to SMTP servers, good ones and bad ones."""

import asyncio
import base64
import hashlib
import random
import re
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.certificates import Certificates
from tests.servers.fault_proxy import FaultProxy
from tests.servers.mailbox import Mailbox
from tests.servers.ports import pick_free_ports
from tests.servers.postfix import Postfix
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.threaded import Fault

from satchel.mail.dot_stuffing import DotStuffer
from satchel.mail.errors import (
    AddressError,
    LoginRefused,
    MailError,
    MessageDamaged,
    MessageRefused,
    OutcomeUnknown,
    RecipientsRefused,
    SmtpAuthRefused,
    SmtpUnavailable,
)
from satchel.mail.server import Credentials, MailServer
from satchel.mail.smtp import SmtpClient

ANN = Credentials("ann@example.test", "secret")
BODY = b"Subject: hello\r\n\r\n.dotted\r\n..\r\n.\r\nend\r\n"
TO = ["ben@example.test", "dora@example.test"]


class ChunkingSmtp(ScriptedSmtp):
    """Takes BDAT too; `chunks` are the lengths that were announced."""

    def __init__(self, script: dict[str, str | Fault] | None = None) -> None:
        super().__init__(script, extensions=("PIPELINING", "CHUNKING", "SIZE"))
        self.chunks: list[int] = []

    async def _obey(
        self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        match line.upper().split():
            case ["BDAT", size, *last]:
                self.chunks.append(int(size))
                self.transactions[-1].body += await reader.readexactly(int(size))
                is_taken = await self._answer(writer, line, "250 2.0.0 taken")
                self.transactions[-1].accepted = bool(last) and is_taken
            case _:
                await super()._obey(line, reader, writer)


@pytest.fixture
def smtp() -> Iterator[ScriptedSmtp]:
    with ScriptedSmtp() as server:
        yield server


@pytest.fixture(params=[ScriptedSmtp, ChunkingSmtp])
def either(request: pytest.FixtureRequest) -> Iterator[ScriptedSmtp]:
    """A server that takes DATA, then one that takes BDAT."""
    with request.param() as server:
        yield server


def plain(server: ScriptedSmtp | FaultProxy, timeout: float = 5.0) -> MailServer:
    return MailServer(server.host, server.port, "none", timeout=timeout)


async def blocks(data: bytes, size: int = 262_144) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def send(
    server: MailServer,
    body: bytes = BODY,
    *,
    credentials: Credentials | None = None,
    to: list[str] | None = None,
    finish_seconds: float = 5.0,
) -> str:
    async with SmtpClient.connect(server, credentials) as smtp:
        await smtp.mail("ann@example.test", to or TO, len(body))
        await smtp.body(blocks(body))
        return await smtp.finish(finish_seconds)


async def test_a_message_arrives_as_it_was(either: ScriptedSmtp) -> None:
    reply = await send(plain(either))

    [transaction] = either.transactions
    assert reply.startswith("250")
    assert (BODY, TO, True) == (transaction.body, transaction.recipients, transaction.accepted)
    assert "QUIT" == either.commands[-1]


@pytest.mark.parametrize("block", [1, 2, 3, 1000])
async def test_block_borders_do_not_matter(either: ScriptedSmtp, block: int) -> None:
    async with SmtpClient.connect(plain(either), None) as smtp:
        await smtp.mail("ann@example.test", TO, len(BODY))
        await smtp.body(blocks(BODY, block))
        await smtp.finish()

    assert BODY == either.transactions[0].body


async def test_nothing_is_accepted_before_the_last_word(either: ScriptedSmtp) -> None:
    async with SmtpClient.connect(plain(either), None) as smtp:
        await smtp.mail("ann@example.test", TO, len(BODY))
        await smtp.body(blocks(BODY))
        before = either.transactions[0].accepted
        await smtp.finish()

    assert (False, True) == (before, either.transactions[0].accepted)


async def test_leaving_before_the_last_word_sends_nothing(either: ScriptedSmtp) -> None:
    with pytest.raises(ZeroDivisionError):
        async with SmtpClient.connect(plain(either), None) as smtp:
            await smtp.mail("ann@example.test", TO, len(BODY))
            await smtp.body(blocks(BODY))
            raise ZeroDivisionError

    assert not either.transactions[0].accepted


async def test_postfix_delivers_what_was_sent(
    smtp_server: Postfix, mailbox: Mailbox, credentials: Credentials, certificates: Certificates
) -> None:
    raw = random.Random(7).randbytes(3_000_001).hex().encode()
    lines = b"\r\n".join(raw[i : i + 70] for i in range(0, len(raw), 70))
    body = b"Subject: big\r\n\r\n.\r\n" + lines + b"\r\n"
    authority = str(certificates.authority)
    for server in (
        MailServer("localhost", smtp_server.port, "starttls", authority),
        MailServer("localhost", smtp_server.tls_port, "implicit", authority),
    ):
        async with SmtpClient.connect(server, credentials) as smtp:
            await smtp.mail(credentials.username, [credentials.username], len(body))
            await smtp.body(blocks(body))
            await smtp.finish()

    delivered = await asyncio.to_thread(mailbox.wait_for, 2)
    texts = [message.partition(b"\r\n\r\n")[2] for message in delivered]
    expected = hashlib.sha256(body.partition(b"\r\n\r\n")[2]).digest()
    assert [expected] * 2 == [hashlib.sha256(text).digest() for text in texts]


async def test_postfix_refuses_a_wrong_password_and_a_large_message(
    smtp_server: Postfix, credentials: Credentials, certificates: Certificates
) -> None:
    server = MailServer("localhost", smtp_server.port, "starttls", str(certificates.authority))

    with pytest.raises(SmtpAuthRefused) as caught:
        await send(server, credentials=replace(credentials, password="wrong"))
    with pytest.raises(MessageRefused, match="largest"):
        async with SmtpClient.connect(server, credentials) as smtp:
            await smtp.mail(credentials.username, TO, 10**12)

    assert isinstance(caught.value, LoginRefused)


async def test_one_refused_recipient_stops_it_all(smtp: ScriptedSmtp) -> None:
    smtp.script["RCPT TO:<dora"] = "550 5.1.1 nobody\x07 here"

    with pytest.raises(RecipientsRefused) as caught:
        await send(plain(smtp))

    assert {"dora@example.test": "550 5.1.1 nobody here"} == caught.value.refused
    assert "RSET" == smtp.commands[-1]
    assert "DATA" not in smtp.commands


async def test_every_refused_recipient_is_named(smtp: ScriptedSmtp) -> None:
    smtp.script["RCPT"] = "452 4.2.2 full"

    with pytest.raises(RecipientsRefused) as caught:
        await send(plain(smtp))

    assert TO == list(caught.value.refused)


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("GREETING", "421 busy", SmtpUnavailable),
        ("GREETING", "554 go away", SmtpUnavailable),
        ("GREETING", "HTTP/1.1 200 OK", SmtpUnavailable),
        ("GREETING", "220-a\n250 b", SmtpUnavailable),
        ("GREETING", "220 " + "x" * 10_000, SmtpUnavailable),
        ("GREETING", "\n".join(["220-x"] * 300), SmtpUnavailable),
        ("GREETING", Fault.HANG, SmtpUnavailable),
        ("GREETING", Fault.RESET, SmtpUnavailable),
        ("EHLO", "502 what", SmtpUnavailable),
        ("MAIL", "451 later", SmtpUnavailable),
        ("MAIL", "550 not you", MessageRefused),
        ("MAIL", Fault.CLOSE, SmtpUnavailable),
        ("RCPT", "421 closing", SmtpUnavailable),
        ("RCPT", Fault.HANG, SmtpUnavailable),
        ("DATA", "451 later", SmtpUnavailable),
        ("DATA", "554 no", MessageRefused),
        ("DATA", Fault.CLOSE, SmtpUnavailable),
        ("DOT", "554 spam", MessageRefused),
        ("DOT", "451 later", MessageRefused),
        ("DOT", "421 closing", MessageRefused),
        ("DOT", Fault.CLOSE, OutcomeUnknown),
        ("DOT", Fault.RESET, OutcomeUnknown),
        ("DOT", Fault.HANG, OutcomeUnknown),
        ("DOT", "nonsense", OutcomeUnknown),
    ],
)
async def test_what_goes_wrong_at_each_step(
    smtp: ScriptedSmtp, step: str, answer: str | Fault, error: type[MailError]
) -> None:
    smtp.script[step] = answer
    server = plain(smtp, timeout=0.5)

    with pytest.raises(error) as caught:
        async with asyncio.timeout(20):
            await send(server, finish_seconds=0.5)

    assert type(caught.value) is error
    assert not any(transaction.accepted for transaction in smtp.transactions)


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("BDAT 5", "554 no", MessageRefused),
        ("BDAT 5", "451 later", SmtpUnavailable),
        ("BDAT 5", Fault.CLOSE, SmtpUnavailable),
        ("BDAT 0", "554 spam", MessageRefused),
        ("BDAT 0", Fault.CLOSE, OutcomeUnknown),
        ("BDAT 0", Fault.HANG, OutcomeUnknown),
    ],
)
async def test_what_goes_wrong_with_chunks(
    step: str, answer: str | Fault, error: type[MailError]
) -> None:
    with ChunkingSmtp({step: answer}) as server, pytest.raises(error):
        async with SmtpClient.connect(plain(server), None) as smtp:
            await smtp.mail("ann@example.test", TO, len(BODY))
            await smtp.body(blocks(BODY, 5))
            await smtp.finish(0.5)

    assert not server.transactions[0].accepted


@pytest.mark.parametrize(("passes", "accepted"), [(True, True), (False, False)])
async def test_a_cut_at_the_dot_is_unknown_on_either_side(
    smtp: ScriptedSmtp, passes: bool, accepted: bool
) -> None:
    with FaultProxy(smtp.host, smtp.port) as proxy:
        (proxy.cut_after if passes else proxy.cut_before)(b"end\r\n.\r\n")
        with pytest.raises(OutcomeUnknown):
            await send(plain(proxy))

    assert accepted == smtp.transactions[0].accepted


async def test_a_server_that_gives_up_in_the_middle_is_heard(smtp: ScriptedSmtp) -> None:
    class Impatient(ScriptedSmtp):
        async def _take_body(
            self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            await reader.readexactly(1000)
            writer.write(b"552 5.3.4 too large\r\n")
            await writer.drain()
            await reader.read()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 998 + b"\r\n"
            await asyncio.sleep(0)

    with Impatient() as server, pytest.raises(MessageRefused, match="too large"):
        async with SmtpClient.connect(plain(server), None) as client:
            await client.mail("ann@example.test", TO, 10)
            await client.body(endless())


async def test_a_connection_lost_before_the_last_word_is_not_unknown(either: ScriptedSmtp) -> None:
    async with AsyncExitStack() as ended:
        with FaultProxy(either.host, either.port) as proxy:
            smtp = await ended.enter_async_context(SmtpClient.connect(plain(proxy), None))
            await smtp.mail("ann@example.test", TO, len(BODY))
            await smtp.body(blocks(BODY))
        async with asyncio.timeout(10):
            while not smtp._wire.is_lost:  # noqa: ASYNC110
                await asyncio.sleep(0)
        with pytest.raises(SmtpUnavailable):
            await smtp.finish()

    assert not either.transactions[0].accepted


async def test_starttls_that_is_not_offered_is_not_done_without(smtp: ScriptedSmtp) -> None:
    for tls in ("starttls", "opportunistic"):
        with pytest.raises(SmtpUnavailable, match="encryption"):
            await send(replace(plain(smtp), tls=tls), credentials=ANN)

    assert [] == [command for command in smtp.commands if not command.startswith("EHLO")]


async def test_opportunistic_encryption_is_used_where_offered(certificates: Certificates) -> None:
    with (
        ScriptedSmtp(starttls=certificates.server_context()) as able,
        ScriptedSmtp() as unable,
    ):
        authority = str(certificates.authority)
        for server in (able, unable):
            await send(MailServer("localhost", server.port, "opportunistic", authority))

    assert "STARTTLS" in able.commands
    assert 2 == len([command for command in able.commands if command.startswith("EHLO")])
    assert "STARTTLS" not in unable.commands


@pytest.mark.parametrize("tls", ["implicit", "starttls", "opportunistic"])
@pytest.mark.parametrize("fault", ["wrong name", "unknown authority"])
async def test_a_certificate_must_be_trusted_and_name_the_host(
    certificates: Certificates, tls: str, fault: str
) -> None:
    context = certificates.wrong_name_context()
    trusted = str(certificates.authority)
    if fault == "unknown authority":
        context, trusted = certificates.server_context(), ""
    kind = "tls" if tls == "implicit" else "starttls"
    refused = pytest.raises(SmtpUnavailable, match="certificate")
    with ScriptedSmtp(**{kind: context}) as server, refused:  # type: ignore[arg-type]
        await send(MailServer("localhost", server.port, tls, trusted or None))  # type: ignore[arg-type]

    assert not server.transactions


async def test_what_was_said_before_encryption_does_not_count(certificates: Certificates) -> None:
    injected = "220 go ahead\n250-evil\n250 SIZE 1"
    with ScriptedSmtp({"STARTTLS": injected}, starttls=certificates.server_context()) as server:
        authority = str(certificates.authority)
        client = SmtpClient.connect(
            MailServer("localhost", server.port, "starttls", authority, timeout=5), None
        )
        async with client as smtp:
            size = smtp.max_size
            await smtp.mail("ann@example.test", TO, len(BODY))
            await smtp.body(blocks(BODY))
            await smtp.finish()

    assert 209_715_200 == size


@pytest.mark.parametrize("offered", ["PLAIN LOGIN", "LOGIN", "XOAUTH2"])
async def test_each_mechanism_signs_in(offered: str) -> None:
    method = "xoauth2" if offered == "XOAUTH2" else "password"
    who = replace(ANN, method=method)  # type: ignore[arg-type]
    with ScriptedSmtp(extensions=(f"AUTH {offered}",)) as server:
        await send(plain(server), credentials=who)

    said = next(command for command in server.commands if command.startswith("AUTH"))
    initial = base64.b64decode(said.split()[2]) if len(said.split()) > 2 else b""
    expected = {
        "PLAIN LOGIN": b"\0ann@example.test\0secret",
        "LOGIN": b"",
        "XOAUTH2": b"user=ann@example.test\1auth=Bearer secret\1\1",
    }
    assert expected[offered] == initial


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("535 5.7.8 no", SmtpAuthRefused),
        ("454 4.7.0 later", SmtpUnavailable),
        (Fault.CLOSE, SmtpUnavailable),
    ],
)
async def test_a_refused_login_is_not_a_broken_server(
    smtp: ScriptedSmtp, answer: str | Fault, error: type[MailError]
) -> None:
    smtp.script["AUTH"] = answer

    with pytest.raises(error) as caught:
        await send(plain(smtp), credentials=ANN)

    assert type(caught.value) is error
    assert "secret" not in caught.value.text


async def test_no_known_mechanism_is_said() -> None:
    refused = pytest.raises(SmtpUnavailable, match="no way to sign in")
    with ScriptedSmtp(extensions=("AUTH GSSAPI",)) as server, refused:
        await send(plain(server), credentials=ANN)


@pytest.mark.parametrize("evil", ["a@b.c>\r\nRCPT TO:<evil@x", "a@b.c\x00", "<a@b.c>", "é@b.c", ""])
async def test_an_address_is_never_repaired(smtp: ScriptedSmtp, evil: str) -> None:
    with pytest.raises(AddressError):
        await send(plain(smtp), to=["ben@example.test", evil])

    assert not [command for command in smtp.commands if not command.startswith("EHLO")]


async def test_parameters_are_sent_only_if_offered() -> None:
    with ScriptedSmtp(extensions=("HELP",)) as bare, ScriptedSmtp() as rich:
        await send(plain(bare))
        await send(plain(rich))

    assert "MAIL FROM:<ann@example.test>" in bare.commands
    assert f"MAIL FROM:<ann@example.test> SIZE={len(BODY)}" in rich.commands


async def test_a_server_that_is_down_is_unavailable() -> None:
    [port] = pick_free_ports(1)
    with pytest.raises(SmtpUnavailable, match="cannot be reached"):
        await send(MailServer("127.0.0.1", port, "none"))


@pytest.mark.parametrize("damage", [b"a\nb\r\n", b"a\rb\r\n", b"\n", b"\xff\r\n", b"a\r\r\n"])
@pytest.mark.parametrize("block", [1, 100])
async def test_a_body_that_is_not_clean_is_not_sent(
    either: ScriptedSmtp, damage: bytes, block: int
) -> None:
    with pytest.raises(MessageDamaged):
        async with SmtpClient.connect(plain(either), None) as smtp:
            await smtp.mail("ann@example.test", TO, 10)
            await smtp.body(blocks(b"Subject: x\r\n\r\n" + damage, block))

    assert not either.transactions[0].accepted


async def test_an_error_while_reading_the_message_comes_through(either: ScriptedSmtp) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"Subject: x\r\n"
        raise KeyError("gone")

    with pytest.raises(KeyError):
        async with SmtpClient.connect(plain(either), None) as smtp:
            await smtp.mail("ann@example.test", TO, 10)
            await smtp.body(failing())

    assert not either.transactions[0].accepted


async def test_memory_stays_flat_for_two_hundred_megabytes() -> None:
    class Sink(ScriptedSmtp):
        async def _take_body(
            self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            tail = b""
            while not tail.endswith(b"\r\n.\r\n"):
                tail = tail[-5:] + await reader.read(262_144)
            await self._answer(writer, "DOT", "250 taken")

    block = (b"." * 76 + b"\r\n") * 3360

    async def big() -> AsyncIterator[bytes]:
        for _ in range(800):
            yield block

    with Sink() as server:
        tracemalloc.start()
        async with SmtpClient.connect(plain(server, timeout=30), None) as smtp:
            await smtp.mail("ann@example.test", TO, 200_000_000)
            await smtp.body(big())
            await smtp.finish()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    # the process does other things as well, but nothing in it holds half of the message
    assert peak < 100_000_000


@given(st.lists(st.sampled_from([b".", b"\r\n", b"a", b"..", b""]), max_size=30))
def test_dots_are_doubled_at_line_starts_wherever_blocks_end(pieces: list[bytes]) -> None:
    stuffer = DotStuffer()

    stuffed = b"".join([*map(stuffer.stuff, pieces), stuffer.end()])

    whole = b"".join(pieces)
    ended = whole if not whole or whole.endswith(b"\r\n") else whole + b"\r\n"
    assert re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n" == stuffed
