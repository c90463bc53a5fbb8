"""What is too large is refused with the number, before it is read where its length is known."""

import pytest

from tests.bad_input.answer import read_answer
from tests.bad_input.conftest import LIMIT
from tests.bad_input.multipart import BOUNDARY, field, file, multipart
from tests.bad_input.visitor import FILE, FORM, Visitor

HUGE = "1000000000000"
TOKEN = "t" * 32


def most(ana: Visitor, draft: str) -> int:
    """Ask the page how large a file may be."""
    return int(ana.get(draft).text.split('data-limit="')[1].split('"')[0])


@pytest.mark.parametrize("extra", [{}, {"Expect": "100-continue"}], ids=["at once", "expecting"])
def test_a_file_that_says_it_is_too_large_is_refused_before_it_is_sent(
    ana: Visitor, draft: str, extra: dict[str, str]
):
    headers = ana.upload_headers(Content_Length=HUGE) | extra
    with ana.opened("PUT", f"{draft}/files/{TOKEN}", headers) as connection:
        answer = read_answer(connection, "PUT")

    assert answer.status == 413
    assert answer.json["limit"] == most(ana, draft) < LIMIT
    assert "KB" in answer.json["error"]


@pytest.mark.parametrize("kind", [f"multipart/form-data; boundary={BOUNDARY}", *FORM.values()])
@pytest.mark.parametrize("path", ["draft", "/sign-in", "/sign-out", "/m/INBOX/messages"])
def test_a_form_that_says_it_is_too_large_is_refused_before_it_is_sent(
    ana: Visitor, draft: str, kind: str, path: str
):
    headers = {"Content-Type": kind, "Content-Length": HUGE}
    path = draft if path == "draft" else path
    with ana.opened("POST", path, headers) as connection:
        answer = read_answer(connection, "POST")

    assert answer.status in {413, 415}
    assert answer.status == 415 or "000" in answer.problems


def test_a_file_that_turns_out_too_large_is_refused_and_not_kept(ana: Visitor, draft: str):
    answer = ana.put(f"{draft}/files/{TOKEN}", [b"x" * 100_000] * 20)

    assert answer.status == 413
    assert answer.json["limit"] == most(ana, draft)
    assert FILE.findall(ana.get(draft).text) == []


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_too_large_inside_a_form_is_named_and_the_text_is_kept(
    ana: Visitor, draft: str, chunked: bool
):
    version = ana.get(draft).text.split('name="version" value="')[1].split('"')[0]
    fields = {"csrf": ana.token, "version": version, "subject": "Keep me", "do": "attach"}
    parts = [field(*each) for each in fields.items()]
    body = multipart(*parts, file(b"x" * (LIMIT + 1), filename="large.bin"))

    answer = ana.send(draft, [body] if chunked else body)

    assert answer.status in {413, 422}
    assert "large.bin" in answer.problems
    assert "KB" in answer.problems
    page = ana.get(draft).text
    assert FILE.findall(page) == []
    assert "Keep me" in page


def test_files_that_are_too_large_together_are_refused(ana: Visitor, draft: str):
    half = most(ana, draft) * 6 // 10
    kept = ana.upload(draft, b"x" * half, token="a" * 32)

    answer = ana.put(f"{draft}/files/{'b' * 32}", b"y" * half)

    assert answer.status == 413
    assert 0 < answer.json["limit"] < half
    assert FILE.findall(ana.get(draft).text) == [kept.rpartition("/")[2]]


def test_the_largest_file_that_may_be_is_kept(ana: Visitor, draft: str):
    content = b"z" * most(ana, draft)
    kept = ana.upload(draft, content)

    assert ana.get(kept).body == content


@pytest.mark.parametrize("name", ["to", "subject", "message"])
def test_a_field_that_is_too_long_is_refused_with_the_number(ana: Visitor, draft: str, name: str):
    answer = ana.write(draft, "attach", (name, "x" * 5_000_001))

    assert answer.status == 413
    assert "000" in answer.problems


def test_a_file_without_a_byte_is_kept(ana: Visitor, draft: str):
    kept = ana.upload(draft, b"")

    answer = ana.get(kept)
    assert (answer.status, answer.body) == (200, b"")
