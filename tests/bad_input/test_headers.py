"""What a user typed stays inside the header it was typed for."""

import email
import email.policy
from email.header import decode_header, make_header
from email.message import Message
from urllib.parse import quote

import pytest

from tests.bad_input.visitor import Visitor
from tests.servers.dovecot import Dovecot

EVIL = "evil@example.test"
TEXTS = {
    "an encoded line": f"=?utf-8?q?a=0D=0ABcc:_{EVIL}?=",
    "an encoded line in base64": "=?utf-8?b?YQ0KQmNjOiBldmlsQGV4YW1wbGUudGVzdA==?=",
    "two encoded words": f"=?utf-8?q?a=0D?= =?utf-8?q?=0ABcc:_{EVIL}?=",
    "an encoded nul": "=?utf-8?q?a=00b?=",
    "a line": f"a\r\nBcc: {EVIL}",
    "a bare new line": f"a\nBcc: {EVIL}",
    "a bare return": f"a\rBcc: {EVIL}",
    "other breaks": f"a\x0bBcc: {EVIL}\x0c\x1c\x85\u2028\u2029b",
    "nul": f"a\x00Bcc: {EVIL}",
    "controls": "a\x1b[2J\x07\x7fb",
    "an end of the head": "a\r\n\r\nbody",
    "one long word": "x" * 1900,
    "long and in letters": "ä" * 900,
    "emoji": "\U0001f4a9" * 60,
    "an override": "invoice\u202efdp.exe",
    "quotes": 'a"; filename="evil.exe',
    "a semicolon": "a; name=evil",
}


def deliver(ana: Visitor, dovecot: Dovecot, subject: str, filename: str) -> tuple[bytes, Message]:
    """Send a message to Ben, and return it as it arrived."""
    ben = dovecot.mailbox("ben@example.test")
    ben.clear()
    draft = ana.compose()
    ana.upload(draft, b"content", quote(filename, safe=""))
    fields = (("to", "ben@example.test"), ("subject", subject), ("message", "Hello."))
    answer = ana.write(draft, "send", *fields, ("bcc", "dora@example.test"))
    assert answer.status == 303, answer.problems
    [received] = ben.wait_for(1)
    return received, email.message_from_bytes(received, policy=email.policy.compat32)


def names(message: Message) -> list[list[str]]:
    """Return the names of the headers of the message and of each part of it."""
    return [[name.lower() for name in part.keys()] for part in message.walk()]  # noqa: SIM118


@pytest.fixture(scope="module")
def innocent(ana_signed_in: Visitor, dovecot: Dovecot) -> list[list[str]]:
    """The headers of a message that means no harm."""
    return names(deliver(ana_signed_in, dovecot, "Hello", "a.txt")[1])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_subject_and_a_filename_are_text_and_nothing_else(
    ana: Visitor, dovecot: Dovecot, innocent: list[list[str]], text: str
):
    received, message = deliver(ana, dovecot, text, text)

    assert names(message) == innocent
    assert "bcc" not in innocent[0]
    subject = str(make_header(decode_header(message["Subject"])))
    assert "\n" not in subject.replace("\r\n ", "")
    assert "".join(shown(subject).split())[:20] == "".join(shown(text).split())[:20]
    assert max(map(len, received.split(b"\r\n"))) <= 998
    [part] = [one for one in message.walk() if one.get_filename()]
    assert part.get_payload(decode=True) == b"content"
    assert "dora@example.test" not in received.decode()


def shown(text: str) -> str:
    """Return the text without what nobody sees."""
    return "".join(c if c.isprintable() else " " for c in text)


def test_a_message_cannot_end_itself(ana: Visitor, dovecot: Dovecot):
    ben = dovecot.mailbox("ben@example.test")
    ben.clear()
    text = "a\n.\nMAIL FROM:<z@example.test>\nRCPT TO:<ben@example.test>\nDATA\nb\n.\n..\n"
    draft = ana.compose()
    assert ana.write(draft, "send", ("to", "ben@example.test"), ("message", text)).status == 303

    [received] = ben.wait_for(1)
    parsed = email.message_from_bytes(received, policy=email.policy.default)
    body = parsed.get_body()
    assert body is not None
    assert body.get_content().split() == text.split()
    assert ben.count() == 1
