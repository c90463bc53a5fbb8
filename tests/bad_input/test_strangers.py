"""What belongs to somebody else looks exactly like what is not there."""

from dataclasses import dataclass

import pytest

from tests.bad_input.multipart import field, multipart
from tests.bad_input.visitor import FILE, Visitor

UNKNOWN = "0" * 32
TOKEN = "s" * 32
CONTENT = b"nobody else's business"


@dataclass(frozen=True)
class Secret:
    """A draft of Ana's with a file in it."""

    draft: str
    file: str


@pytest.fixture
def secret(ana: Visitor) -> Secret:
    """A draft of Ana's, untouched after the test."""
    draft = ana.compose()
    ana.write(draft, "attach", ("subject", "Between us"))
    return Secret(draft, ana.upload(draft, CONTENT, "secret plans.txt", TOKEN))


@pytest.fixture(autouse=True)
def nothing_has_changed(ana: Visitor, secret: Secret):
    """After each test all is as Ana left it."""
    yield
    page = ana.get(secret.draft)

    assert FILE.findall(page.text) == [secret.file.rpartition("/")[2]]
    assert "secret plans.txt" in page.text
    assert "Between us" in page.text
    assert ana.get(secret.file).body == CONTENT


def ways(ben: Visitor, draft: str, id: str):
    """Yield the answers to all that Ben can try with a draft and a file's id."""
    file, scripted = f"{draft}/files/{id}", ben.upload_headers()
    form = multipart(field("csrf", ben.token), field("subject", "x"), field("do", "send"))
    yield "page", ben.get(draft)
    yield "write", ben.send(draft, form)
    yield "discard", ben.post(draft, ("do", "discard"))
    yield "download", ben.get(file)
    yield "range", ben.get(file, Range="bytes=0-3")
    yield "as json", ben.get(file, Accept="application/json")
    yield "progress", ben.ask("HEAD", file, scripted)
    yield "put", ben.put(file, b"mine")
    yield "patch", ben.patch(file, "0", b"mine")
    yield "rename", ben.post(f"{file}/rename", ("filename", "mine.txt"))
    yield "delete by form", ben.post(f"{file}/delete")
    yield "delete", ben.ask("DELETE", file, scripted)


@pytest.mark.parametrize("which", ["id", "token"])
def test_a_foreign_draft_looks_like_one_that_is_not_there(ben: Visitor, secret: Secret, which: str):
    id = TOKEN if which == "token" else secret.file.rpartition("/")[2]
    foreign = dict(ways(ben, secret.draft, id))
    unknown = dict(ways(ben, f"/compose/{UNKNOWN}", UNKNOWN))

    for way, answer in foreign.items():
        meaning = answer.meaning[1].replace(secret.draft.rpartition("/")[2], UNKNOWN)
        assert (answer.status, meaning.replace(id, UNKNOWN)) == unknown[way].meaning, way
        assert CONTENT not in answer.body
        assert b"secret plans" not in answer.body
        assert answer.status in ({204, 303} if way.startswith("delete") else {404, 410}), way


def test_a_foreign_file_cannot_be_had_through_a_draft_of_ones_own(ben: Visitor, secret: Secret):
    own, id = ben.compose(), secret.file.rpartition("/")[2]

    assert ben.get(f"{own}/files/{id}").status == 404
    for deed in (f"delete:{id}", f"rename:{id}"):
        ben.write(own, deed, (f"name-{id}", "mine"))
    assert ben.post(f"{own}/files/{id}/rename", ("filename", "mine")).status == 404


def test_a_foreign_file_cannot_be_sent(ben: Visitor, secret: Secret):
    own, id = ben.compose(), secret.file.rpartition("/")[2]

    answer = ben.write(own, "send", ("to", "ben@example.test"), ("file", id))

    assert answer.status in {200, 409, 422}
    assert answer.problems
    assert "secret plans" not in answer.text
    assert ben.get(own).status == 200


def test_the_same_token_in_two_accounts_is_two_files(ben: Visitor, secret: Secret):
    own = ben.upload(ben.compose(), b"mine", token=TOKEN)

    assert own.rpartition("/")[2] != secret.file.rpartition("/")[2]
    assert ben.get(own).body == b"mine"


def test_ids_cannot_be_guessed_from_one_another(ana: Visitor):
    draft = ana.compose()
    first = ana.upload(draft, b"1", token="a" * 32).rpartition("/")[2]
    second = ana.upload(draft, b"2", token="b" * 32).rpartition("/")[2]

    assert len(first) >= 32
    assert abs(int(first, 16) - int(second, 16)) > 2**64


def test_nobody_gets_in_without_signing_in(stranger: Visitor, secret: Secret):
    stranger.token = stranger.get("/sign-in").token

    for way, answer in ways(stranger, secret.draft, secret.file.rpartition("/")[2]):
        assert answer.status in {303, 401}, way
        assert CONTENT not in answer.body
        assert answer.status == 401 or answer.headers["Location"].startswith("/sign-in")
