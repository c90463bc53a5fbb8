"""Outgoing messages, read back by Python's own parser."""

import email
import email.policy
import hashlib
import random
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satchel.mail.addresses import Address
from satchel.mail.errors import HeaderRefused, MessageDamaged, PartLengthDiffers
from satchel.mail.head import join_fields
from satchel.mail.message import OutgoingMessage
from satchel.mail.part import Part

ANN = Address("Ann", "ann@example.org")
BOB = Address("Bob", "bob@example.org")
PLAIN = OutgoingMessage(
    from_=ANN,
    to=(BOB,),
    subject="Hello",
    text="Good morning",
    message_id="<1@example.org>",
    date=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
    boundary="boundary-0123456789",
)
NAMES = ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version"]
CONTENT = ["Content-Type", "Content-Transfer-Encoding"]


def part_of(data: bytes, filename: str = "a.bin", content_type: str = "image/png") -> Part:
    @asynccontextmanager
    async def open_data() -> AsyncIterator[AsyncIterator[bytes]]:
        yield blocks_of(data)

    return Part(filename, content_type, len(data), open_data)


async def blocks_of(data: bytes, size: int = 262_144) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def write(message: OutgoingMessage) -> bytes:
    return b"".join([block async for block in message.stream()])


async def read_back(message: OutgoingMessage) -> EmailMessage:
    data = await write(message)
    return email.message_from_bytes(data, policy=email.policy.default)


def attached(message: EmailMessage) -> Iterator[tuple[str | None, bytes]]:
    for part in message.iter_attachments():
        yield part.get_filename(), part.get_payload(decode=True)  # type: ignore[misc]


@pytest.mark.parametrize("size", [0, 1, 56, 57, 58, 262_143, 262_144, 262_145, 7_000_001])
async def test_an_attachment_arrives_byte_for_byte(size: int) -> None:
    data = random.Random(size).randbytes(size)
    message = replace(PLAIN, attachments=(part_of(data),))

    [(name, found)] = attached(await read_back(message))

    assert name == "a.bin"
    assert hashlib.sha256(data).digest() == hashlib.sha256(found).digest()


@given(st.lists(st.binary(max_size=400), max_size=3), st.text(max_size=200), st.text(max_size=50))
async def test_the_size_is_known_before_and_every_line_ends_in_crlf(
    files: list[bytes], text: str, subject: str
) -> None:
    parts = tuple(part_of(data, filename=subject) for data in files)
    message = replace(PLAIN, text=text, html=text, subject=subject, attachments=parts)

    data = await write(message)

    assert message.size() == len(data)
    assert data.isascii()
    assert data.endswith(b"\r\n")
    assert not {b"\r", b"\n"} & {bytes([c]) for c in data.replace(b"\r\n", b"")}
    assert max(map(len, data.split(b"\r\n"))) <= 998


async def test_two_streams_of_one_message_are_equal() -> None:
    message = replace(PLAIN, html="<p>ü</p>", attachments=(part_of(b"x" * 300_000),))

    assert await write(message) == await write(message)


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?q?a=0D=0ABcc:_evil@x?=",
        "=?utf-8?b?YQ0KQmNjOiBldmlsQHg=?=",
        "a\r\nBcc: evil@x",
        "a\nBcc: evil@x",
        "a\rBcc: evil@x",
        "a\x00b",
        "a\u2028Bcc: x",
        "a\x85Bcc: x",
        "\udcffa",
        "日本語" * 2000,
        "x" * 5000,
    ],
)
async def test_no_subject_adds_a_header(subject: str) -> None:
    for message in (
        replace(PLAIN, subject=subject),
        replace(PLAIN, from_=Address(subject[:900], "ann@example.org")),
        replace(PLAIN, to=(Address(subject[:900], "bob@example.org"), BOB)),
    ):
        parsed = email.message_from_bytes(await write(message))

        assert NAMES + CONTENT == parsed.keys()


@pytest.mark.parametrize(
    ("filename", "shown"),
    [
        ("=?utf-8?q?a=0D=0ABcc:_evil@x?=.txt", "=?utf-8?q?a=0D=0ABcc:_evil@x?=.txt"),
        ("a\r\nX-Evil: 1.txt", "a  X-Evil: 1.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.txt", "y.txt"),
        ('a";b="c.txt', 'a";b="c.txt'),
        ("Entwürfe 日本語.pdf", "Entwürfe 日本語.pdf"),
        ("😀" * 300 + ".png", "😀" * 62 + ".png"),
        ("\udcff.txt", "\ufffd.txt"),
        ("%0d%0a.txt", "%0d%0a.txt"),
    ],
)
async def test_a_filename_arrives_as_one_line(filename: str, shown: str) -> None:
    message = replace(PLAIN, attachments=(part_of(b"x", filename=filename),))

    parsed = await read_back(message)
    [part] = parsed.iter_attachments()

    assert [*CONTENT, "Content-Disposition"] == part.keys()
    assert shown == part.get_filename()


@pytest.mark.parametrize("content_type", ["message/rfc822", "multipart/mixed", "a\r\nb/c", "", "x"])
async def test_a_file_that_is_no_leaf_goes_out_as_an_octet_stream(content_type: str) -> None:
    message = replace(PLAIN, attachments=(part_of(b"Subject: x\n\nhi", content_type=content_type),))

    parsed = await read_back(message)
    [part] = parsed.iter_attachments()

    assert "application/octet-stream" == part.get_content_type()
    assert b"Subject: x\n\nhi" == part.get_payload(decode=True)


async def test_bcc_is_a_recipient_and_never_written() -> None:
    message = replace(PLAIN, to=(), bcc=(BOB,))

    data = await write(message)

    assert ("bob@example.org",) == message.recipients
    assert b"bob" not in data.lower()
    assert b"bcc" not in data.lower()


@pytest.mark.parametrize("text", ["plain", "From me\n.\nto you", "ü\x00\x1b[2J", "x" * 5000, ""])
async def test_text_and_html_arrive_as_they_were(text: str) -> None:
    parsed = await read_back(replace(PLAIN, text=text, html=f"<p>{text}</p>"))

    plain, html = (part.get_content() for part in parsed.iter_parts())
    assert text == plain.replace("\r\n", "\n").removesuffix("\n")
    assert f"<p>{text}</p>" == html.replace("\r\n", "\n").removesuffix("\n")


@pytest.mark.parametrize("lie", [-1, 1])
async def test_a_file_that_is_shorter_or_longer_than_it_said_is_not_written(lie: int) -> None:
    honest = part_of(b"x" * 300_000)
    message = replace(PLAIN, attachments=(replace(honest, size=honest.size + lie),))

    with pytest.raises(PartLengthDiffers, match=r"a\.bin"):
        await write(message)


@pytest.mark.parametrize(
    "change",
    [
        {"headers": (("Bcc", "evil@x"),)},
        {"headers": (("X:Y", "1"),)},
        {"headers": (("é", "1"),)},
        {"headers": (("DKIM-Signature", "1"),)},
        {"message_id": "<a@b>\r\nBcc: x"},
        {"in_reply_to": "<a b@c>"},
        {"references": ("<a@b>", "nonsense")},
        {"boundary": 'x" \r\nBcc: evil@x'},
        {"subject": "x" * 100_000},
        {"date": datetime(2026, 1, 1)},  # noqa: DTZ001
    ],
)
async def test_a_header_that_is_not_one_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(HeaderRefused):
        replace(PLAIN, **change).size()  # type: ignore[arg-type]


def test_of_five_thousand_references_a_hundred_remain() -> None:
    ids = tuple(f"<{i}@example.org>" for i in range(5000))

    head = b"".join(replace(PLAIN, references=ids)._head())

    assert 100 + 1 == head.count(b"@example.org>") - 2
    assert b"<0@example.org>" in head
    assert b"<4999@example.org>" in head


@pytest.mark.parametrize(
    "fields",
    [
        [b"Subject: a\r\nBcc: x\r\n"],
        [b"Subject: a\r\n", b"Bcc: x\r\n"],
        [b"Subject: a\nBcc: x\r\n"],
        [b"Subject: a\r\n\r\nX: y\r\n"],
        [b"Subject: \xff\r\n"],
        [b"Subject: a\x00\r\n"],
    ],
)
def test_a_block_that_reads_back_differently_is_never_sent(fields: list[bytes]) -> None:
    with pytest.raises(MessageDamaged):
        join_fields(fields)


async def test_memory_stays_flat_for_two_hundred_megabytes() -> None:
    block = bytes(262_144)

    async def blocks() -> AsyncIterator[bytes]:
        for _ in range(800):
            yield block

    @asynccontextmanager
    async def open_blocks() -> AsyncIterator[AsyncIterator[bytes]]:
        yield blocks()

    part = Part("zeros", "application/zip", 800 * 262_144, open_blocks)
    message = replace(PLAIN, attachments=(part,))
    tracemalloc.start()

    written = 0
    async for data in message.stream():
        written += len(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert message.size() == written
    assert peak < 8_000_000
