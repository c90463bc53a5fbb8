"""Uploads that are out of step: told where to go on, and what is kept stays as it was."""

import hashlib
import os
import time
from dataclasses import dataclass

import pytest

from tests.bad_input.answer import read_answer
from tests.bad_input.visitor import FILE, Visitor
from tests.servers.fault_proxy import FaultProxy

BLOCK = 262_144
CONTENT = os.urandom(700_000)
OUT_OF_STEP = {
    "negative": "-1",
    "behind": "0",
    "one behind": str(BLOCK - 1),
    "one ahead": str(BLOCK + 1),
    "ahead": str(2 * BLOCK + 5),
    "at the end": str(len(CONTENT)),
    "2^63": str(2**63),
    "huge": "9" * 5000,
    "a fraction": "262144.0",
    "with a sign": "+262144",
    "with a line": "262_144",
    "in hexadecimal": "0x40000",
    "in other digits": "٢٦٢١٤٤",
    "empty": "",
    "missing": None,
    "two": "262144, 0",
}


@dataclass(frozen=True)
class Cut:
    """An upload, and the byte from which it goes on."""

    address: str
    at: int

    @property
    def rest(self) -> bytes:
        """What is missing."""
        return CONTENT[self.at :]


@pytest.fixture
def cut(ana: Visitor, address: str) -> Cut:
    """An upload that was cut in its middle; a server may lose what it had not read yet."""
    headers = ana.upload_headers(Content_Length=str(len(CONTENT)))
    with ana.opened("PUT", address, headers) as connection:
        connection.sendall(CONTENT[:-1])
    deadline = time.monotonic() + 5
    while progress(ana, address)[1] in {None, "0"}:
        assert time.monotonic() < deadline
    return Cut(address, int(progress(ana, address)[1] or 0))


def progress(ana: Visitor, address: str) -> tuple[int, str | None, str | None]:
    """Ask how far an upload has come."""
    answer = ana.ask("HEAD", address, ana.upload_headers())
    return answer.status, answer.headers["Upload-Offset"], answer.headers["Upload-Length"]


@pytest.mark.parametrize("offset", OUT_OF_STEP.values(), ids=OUT_OF_STEP)
def test_a_piece_that_is_out_of_step_changes_nothing(ana: Visitor, cut: Cut, offset: str | None):
    before = progress(ana, cut.address)

    answer = ana.patch(cut.address, offset, cut.rest)

    assert before == (200, str(cut.at), str(len(CONTENT)))
    assert answer.status in {400, 409}
    assert answer.status == 400 or answer.json["offset"] == cut.at
    assert progress(ana, cut.address) == before


def test_a_cut_upload_goes_on_where_it_stopped(ana: Visitor, cut: Cut):
    answer = ana.patch(cut.address, str(cut.at), cut.rest)

    assert answer.status == 200
    assert answer.json["sealed"]
    assert answer.json["sha256"] == hashlib.sha256(CONTENT).hexdigest()


def test_more_than_was_announced_is_refused(ana: Visitor, cut: Cut):
    answer = ana.patch(cut.address, str(cut.at), cut.rest + b"more")

    assert answer.status in {409, 413}
    status, offset, length = progress(ana, cut.address)
    assert (status, length) == (200, str(len(CONTENT)))
    assert int(offset or 0) <= len(CONTENT)


def test_a_piece_for_a_file_that_is_whole_changes_nothing(ana: Visitor, address: str, draft: str):
    kept = ana.upload(draft, b"whole")

    ana.patch(address, "0", b"other")
    ana.patch(address, "5", b"more")

    assert ana.get(kept).body == b"whole"


def test_other_bytes_under_the_same_token_are_refused(ana: Visitor, address: str, draft: str):
    kept = ana.upload(draft, b"first")

    answer = ana.put(address, b"other")

    assert answer.status == 409
    assert ana.get(kept).body == b"first"


def test_a_piece_for_a_file_that_was_deleted_is_refused(ana: Visitor, cut: Cut):
    assert ana.ask("DELETE", cut.address, ana.upload_headers()).status == 204

    answer = ana.patch(cut.address, str(cut.at), cut.rest)

    assert answer.status in {404, 409, 410}
    assert progress(ana, cut.address)[0] == 404


@pytest.mark.parametrize("repeated", [True, False], ids=["repeated", "given up"])
def test_an_upload_that_arrives_after_its_file_was_deleted_revives_nothing(
    ana: Visitor, draft: str, address: str, repeated: bool
):
    with FaultProxy("127.0.0.1", ana.port) as proxy:
        slow, headers = ana.clone(), ana.upload_headers(Content_Length=str(len(CONTENT)))
        slow.port = proxy.port
        proxy.stall()
        with slow.opened("PUT", address, headers, CONTENT) as connection:
            kept = ana.upload(draft, CONTENT) if repeated else address
            assert ana.ask("DELETE", kept, ana.upload_headers()).status == 204
            proxy.heal()
            late = read_answer(connection, "PUT")

    assert late.status == 410
    assert "removed" in late.json["error"]
    assert FILE.findall(ana.get(draft).text) == []
    assert ana.put(f"{draft}/files/{'u' * 32}", CONTENT).status == 201


def test_a_piece_for_a_draft_that_was_discarded_is_refused(ana: Visitor, draft: str, cut: Cut):
    assert ana.write(draft, "discard").status == 303

    assert ana.patch(cut.address, str(cut.at), cut.rest).status in {404, 409, 410}
    assert ana.put(cut.address, b"again").status in {404, 409, 410}
    assert ana.get(draft).status == 404
    assert progress(ana, cut.address)[0] == 404


def test_a_file_that_is_not_whole_cannot_be_read_or_sent(ana: Visitor, draft: str, cut: Cut):
    [id] = FILE.findall(ana.get(draft).text)

    assert ana.get(f"{draft}/files/{id}").status == 404
    answer = ana.write(draft, "send", ("to", "ben@example.test"), ("subject", "half"))
    assert answer.status in {200, 409, 422}
    assert "a.bin" in answer.problems
    assert ana.get(draft).status == 200


@pytest.mark.parametrize("length", ["-1", "+5", "5_0", "5.0", "\u0665", "", "9" * 5000, "5, 6"])
def test_a_length_that_is_no_number_is_refused(ana: Visitor, address: str, length: str):
    answer = ana.put(address, b"x" * 5, Content_Length=length)

    assert answer.status in {400, 413}
    assert progress(ana, address)[0] == 404


@pytest.mark.parametrize("position", ["-1", "x", "٣", "9" * 5000, "1.0"])
def test_a_position_that_is_no_number_is_refused(ana: Visitor, address: str, position: str):
    assert ana.put(address, b"x", X_Position=position).status in {400, 404}
    assert progress(ana, address)[0] == 404
