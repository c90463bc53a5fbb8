"""Forms that no browser sends: refused in words, and nothing of them is kept."""

import gzip

import pytest

from tests.bad_input.multipart import BOUNDARY, field, file, multipart
from tests.bad_input.visitor import FILE, FORM, Visitor, urlencoded
from tests.servers.site import Site

NAMED = b'Content-Disposition: form-data; name="files"; filename="a"'
NESTED = (
    b'Content-Type: multipart/mixed; boundary=i\r\nContent-Disposition: form-data; name="files"'
    b'\r\n\r\n--i\r\nContent-Disposition: attachment; filename="x"\r\n\r\nx\r\n--i--'
)
KINDS = {
    "no boundary": "multipart/form-data",
    "an empty boundary": "multipart/form-data; boundary=",
    "another boundary": "multipart/form-data; boundary=other",
    "a boundary of 71": "multipart/form-data; boundary=" + "x" * 71,
    "an endless boundary": "multipart/form-data; boundary=" + "x" * 7000,
    "a boundary with a line": 'multipart/form-data; boundary="a\\r\\nb"',
    "a boundary in other letters": "multipart/form-data; boundary=bö",
    "raw bytes in the boundary": b"multipart/form-data; boundary=\xff\xfe",
    "another multipart": f"multipart/mixed; boundary={BOUNDARY}",
    "a plain form": "application/x-www-form-urlencoded",
    "text": "text/plain",
    "json": "application/json",
    "bytes": "application/octet-stream",
    "an empty type": "",
    "no type at all": "nonsense",
}
PARTS = {
    "two filenames": b'Content-Disposition: form-data; name="files"; filename="a"; filename="b"',
    "two names": b'Content-Disposition: form-data; name="files"; name="to"; filename="a"',
    "no name": b'Content-Disposition: form-data; filename="a"',
    "an empty name": b'Content-Disposition: form-data; name=""; filename="a"',
    "no disposition": b"Content-Type: text/plain",
    "another disposition": b'Content-Disposition: attachment; filename="a"',
    "nul in the name": b'Content-Disposition: form-data; name="fi\0les"; filename="a"',
    "nul in the filename": b'Content-Disposition: form-data; name="files"; filename="a\0b"',
    "nul in another header": NAMED + b"\r\nX-Other: a\0b",
    "nul by another way": b"Content-Disposition: form-data; name=files; filename*=utf-8''a%00b",
    "a bare carriage return": NAMED + b"\r\nX-Other: a\rContent-Type: text/html",
    "a header without a colon": NAMED + b"\r\nnonsense",
    "a long header": NAMED + b"\r\nX-Other: " + b"y" * 65_536,
    "a thousand headers": NAMED + b"\r\nX-Other: y" * 1000,
}


IGNORED = (
    b"Content-Length: 999",
    b"Content-Length: +1",
    b"Content-Length: 1_0",
    b"Content-Transfer-Encoding: x-unknown",
    b"Content-Transfer-Encoding: base64",
    b"Content-Encoding: gzip",
)


@pytest.fixture(autouse=True)
def nothing_is_kept(request: pytest.FixtureRequest):
    """After each test the draft has no file, and its text is what it was."""
    ana, draft = request.getfixturevalue("ana"), request.getfixturevalue("draft")
    yield
    page = ana.get(draft)

    assert page.status == 200
    assert FILE.findall(page.text) == []
    assert "hostile" not in page.text


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_body_of_another_kind_is_refused(ana: Visitor, draft: str, kind: str | bytes):
    body = multipart(field("csrf", ana.token), field("subject", "hostile"), file(b"x"))

    answer = ana.send(draft, body, kind)

    assert answer.status in {400, 403, 415}


@pytest.mark.parametrize("head", PARTS.values(), ids=PARTS)
def test_a_part_that_is_in_doubt_is_refused(ana: Visitor, draft: str, head: bytes):
    form = (field("csrf", ana.token), field("do", "attach"))

    answer = ana.send(draft, multipart(*form, head + b"\r\n\r\nx"))

    assert answer.status in {400, 413, 422}


@pytest.mark.parametrize("line", IGNORED)
def test_what_a_part_says_of_its_bytes_changes_none_of_them(ana: Visitor, draft: str, line: bytes):
    part = NAMED + b"\r\n" + line + b"\r\n\r\neA=="

    assert (
        ana.send(draft, multipart(field("csrf", ana.token), field("do", "attach"), part)).status
        == 303
    )
    [id] = FILE.findall(ana.get(draft).text)
    assert ana.get(f"{draft}/files/{id}").body == b"eA=="
    ana.write(draft, f"delete:{id}")


def test_a_form_inside_a_form_is_refused(ana: Visitor, draft: str):
    answer = ana.send(draft, multipart(field("csrf", ana.token), NESTED))

    assert answer.status == 400


@pytest.mark.parametrize("missing", [1, 4, 12, 60, 150])
def test_a_form_that_ends_too_early_is_refused(ana: Visitor, draft: str, missing: int):
    whole = multipart(field("csrf", ana.token), field("subject", "hostile"), file(b"x" * 50))
    body = whole.removesuffix(b"--\r\n")[:-missing]

    assert ana.send(draft, body).status in {400, 422}


def test_ten_thousand_parts_are_too_many(ana: Visitor, draft: str):
    answer = ana.send(draft, multipart(field("csrf", ana.token), *[field("x", "y")] * 10_000))

    assert answer.status in {400, 413}


def test_ten_thousand_fields_are_too_many(ana: Visitor, draft: str):
    body = urlencoded(("csrf", ana.token), *[("x", "y")] * 10_000)

    assert ana.ask("POST", draft, FORM, body).status in {400, 413}


def test_a_part_that_names_a_character_set_breaks_nothing(ana: Visitor, draft: str):
    parts = (field("_charset_", "utf-7"), field("csrf", ana.token), field("subject", "hostile"))

    assert ana.send(draft, multipart(*parts)).status in {400, 403}


def test_a_form_where_the_script_sends_a_file_is_refused(ana: Visitor, draft: str):
    for kind in ("application/x-www-form-urlencoded", f"multipart/form-data; boundary={BOUNDARY}"):
        answer = ana.put(f"{draft}/files/{'t' * 32}", b"a=hostile", Content_Type=kind)

        assert answer.status == 415


@pytest.mark.parametrize("coding", ["gzip", "deflate", "GZIP", "identity, gzip", "x-unknown"])
def test_a_compressed_body_is_refused_unread(ana: Visitor, draft: str, coding: str):
    bomb = gzip.compress(b"\0" * 50_000_000)
    headers = ana.upload_headers(Content_Encoding=coding)

    assert ana.ask("PUT", f"{draft}/files/{'t' * 32}", headers, bomb).status in {400, 415}
    assert ana.ask("POST", draft, {**FORM, "Content-Encoding": coding}, bomb).status in {400, 415}


def test_a_form_with_files_is_refused_where_none_belongs(
    ana: Visitor, stranger: Visitor, draft: str
):
    stranger.token = stranger.get("/sign-in").token
    pages = ("/settings/sign-out-device", "/m/INBOX/messages")
    for visitor, path in [
        (stranger, "/sign-in"),
        *((ana, page) for page in pages),
        (ana, f"{draft}/files/{'t' * 32}/rename"),
    ]:
        body = multipart(field("csrf", visitor.token), file(b"x"))

        assert visitor.send(path, body).status == 415, path
    assert ana.is_signed_in()


def test_a_site_that_saw_all_of_this_still_works(ana: Visitor, draft: str, house: Site):
    kept = ana.upload(draft, b"content")

    assert ana.get(kept).body == b"content"
    assert ana.ask("DELETE", kept, ana.upload_headers()).status == 204
    assert house.is_running()
