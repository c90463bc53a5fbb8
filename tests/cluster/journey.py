"""A whole visit: sign in, read, write with files, send, sign out."""

import hashlib
import random

from tests.cluster.traveller import Traveller
from tests.journeys.person import attached
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot

LETTER = b"""From: Zoe <zoe@example.test>\r
To: you@example.test\r
Subject: A letter\r
Message-ID: <letter@example.test>\r
Date: Mon, 23 Nov 2026 10:00:00 +0000\r
\r
Do come tomorrow.\r
"""
PIECES = (1_000_000, 400_000, 400_000, 400_000)
FILES = {"empty.txt": b"", "one block.bin": random.Random(1).randbytes(262_144)}
LARGE = [random.Random(number).randbytes(size) for number, size in enumerate(PIECES)]
PREVIEW = (100_000, 100_099)


def digest(content: bytes) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


EXPECTED = {
    "empty.txt": digest(FILES["empty.txt"]),
    "large ü.bin": digest(b"".join(LARGE)),
    "renamed.bin": digest(FILES["one block.bin"]),
}


def go_on_the_journey(port: int, account: Account, friend: Account, dovecot: Dovecot) -> None:
    """Let somebody use all that the site has for mail; what arrives is what was attached."""
    spend_a_day(Traveller(port), account, friend, dovecot)


def spend_a_day(person: Traveller, account: Account, friend: Account, dovecot: Dovecot) -> None:
    """Do so as this person."""
    dovecot.mailbox(account.address).deliver(LETTER)
    person.sign_in(account)
    [letter] = person.list_folder()
    assert "Do come tomorrow." in person.get(letter).text

    send_three_files(person, friend)

    [delivered] = dovecot.mailbox(friend.address).wait_for(1)
    [kept] = dovecot.mailbox(account.address).wait_for(1, "Sent")
    assert attached(delivered) == attached(kept) == EXPECTED
    assert len(person.list_folder("Sent")) == 1
    sign_out_for_good(person)


def send_three_files(person: Traveller, friend: Account) -> None:
    """Write a message with three files, of which one is renamed, and a fourth that is removed."""
    draft = person.compose()
    attach_all(person, draft)
    answer = person.send_draft(draft, friend.address, "Three files")
    assert answer.status == 303, answer.problems
    assert person.get(draft).status == 404


def sign_out_for_good(person: Traveller) -> None:
    """Sign out; no node knows the person any more."""
    person.sign_out()
    assert [person.is_signed_in() for _ in range(3)] == [False] * 3


def attach_all(person: Traveller, draft: str) -> None:
    """Attach three files and a fourth that is removed, look at one of them and rename another."""
    kept = {
        name: person.upload(draft, content, name, token=f"token-of-{number:06}")
        for number, (name, content) in enumerate(FILES.items())
    }
    large = person.upload_in_pieces(draft, LARGE, "large%20%C3%BC.bin", "token-of-the-large-one")
    removed = person.upload(draft, b"not this one", "removed.txt", token="token-removed")
    first, last = PREVIEW
    preview = person.get(large, Range=f"bytes={first}-{last}")
    assert (preview.status, preview.body) == (206, b"".join(LARGE)[first : last + 1])
    assert digest(person.get(large).body) == digest(b"".join(LARGE))
    person.rename(kept["one block.bin"], "renamed.bin")
    person.remove(removed)
    expected = ["empty.txt", "renamed.bin", "large ü.bin"]
    assert [person.list_files(draft) for _ in range(3)] == [expected] * 3
