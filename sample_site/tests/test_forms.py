"""Forms that arrive broken, and the compose form that holds everything."""

import asyncio

import pytest
from sample_site.tests.visitor import Visitor

BOUNDARY = "b0undary"
FILE = b'Content-Disposition: form-data; name="files"; filename="a"'


def multipart(*parts: bytes) -> bytes:
    body = b"".join(b"--b0undary\r\n" + part + b"\r\n" for part in parts)
    return body + b"--b0undary--\r\n"


def field(name: str, value: str) -> bytes:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()


async def send(ada: Visitor, body: bytes, kind: str = f"multipart/form-data; boundary={BOUNDARY}"):
    draft = await ada.compose()
    return await ada.client.post(
        draft, data=body, headers={"Content-Type": kind}, allow_redirects=False
    )


async def test_a_whole_form_is_saved(ada: Visitor) -> None:
    body = multipart(field("csrf", ada.token), field("do", "attach"))

    assert 422 == (await send(ada, body)).status


@pytest.mark.parametrize(
    "part",
    [
        b'Content-Disposition: form-data; name="files"; filename="a"; filename="b"\r\n\r\nx',
        b'Content-Disposition: form-data; filename="a"\r\n\r\nx',
        b"\r\nno headers at all",
        b'Content-Disposition: form-data; name="fi\0les"; filename="a"\r\n\r\nx',
        b'Content-Type: multipart/mixed; boundary=i\r\nContent-Disposition: form-data; name="a"'
        b"\r\n\r\n--i\r\n\r\nx\r\n--i--",
        b"X: " + b"y" * 70_000 + b"\r\n\r\nx",
        FILE + b"\r\nContent-Length: 999\r\n\r\nx",
        FILE + b"\r\nContent-Length: +5\r\n\r\nx",
    ],
    ids=["two names", "no field", "no headers", "nul", "nested", "long header", "length", "plus"],
)
async def test_a_broken_part_is_refused(ada: Visitor, part: bytes) -> None:
    answer = await send(ada, multipart(field("csrf", ada.token), part))

    assert answer.status in {400, 422}, await answer.text()


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=other",
        "multipart/form-data; boundary=" + "x" * 100,
        "text/plain",
        "application/json",
        "application/octet-stream",
    ],
)
async def test_another_kind_of_body_is_refused(ada: Visitor, kind: str) -> None:
    answer = await send(ada, multipart(field("csrf", ada.token)), kind)

    assert answer.status in {400, 403, 415}


async def test_a_form_that_ends_in_the_middle_is_refused(ada: Visitor) -> None:
    body = multipart(field("csrf", ada.token), field("message", "x" * 1000))

    assert 400 == (await send(ada, body[:-300])).status


async def test_ten_thousand_fields_are_too_many(ada: Visitor) -> None:
    body = multipart(field("csrf", ada.token), *[field("x", "y")] * 10_000)

    assert 400 == (await send(ada, body)).status


async def test_a_field_twice_is_refused(ada: Visitor) -> None:
    body = multipart(
        field("csrf", ada.token), field("to", "a@b.example"), field("to", "c@d.example")
    )

    assert 400 == (await send(ada, body)).status


async def test_the_token_has_to_come_first(ada: Visitor) -> None:
    body = multipart(field("to", "x"), field("csrf", ada.token))

    assert 403 == (await send(ada, body)).status


async def test_a_body_that_stands_still_is_given_up(ada: Visitor) -> None:
    draft = await ada.compose()
    waiting = asyncio.Event()

    async def stalled():
        yield b"x"
        await waiting.wait()

    answer = await ada.put(f"{draft}/files/{'s' * 32}", stalled())
    waiting.set()

    assert 408 == answer.status


async def test_a_file_too_many_keeps_the_text(ada: Visitor) -> None:
    draft = await ada.compose()
    page = await ada.take_token(draft)
    version = page.split('name="version" value="')[1].split('"')[0]

    answer = await ada.send_parts(
        draft,
        ("csrf", ada.token, None),
        ("version", version, None),
        ("message", "Do not lose this", None),
        ("do", "attach", None),
        ("files", "content", "x.txt"),
    )

    assert 303 == answer.status
    shown = await (await ada.get(draft)).text()
    assert "Do not lose this" in shown
    assert "x.txt" in shown


async def test_a_draft_changed_in_another_tab_is_not_overwritten(ada: Visitor) -> None:
    draft = await ada.compose()
    page = await ada.take_token(draft)
    version = page.split('name="version" value="')[1].split('"')[0]
    await ada.post(draft, version=version, message="first", do="attach")

    answer = await ada.post(draft, version=version, message="second", do="save")
    shown = await answer.text()

    assert 409 == answer.status
    assert "second" in shown
    assert "first" in await (await ada.get(draft)).text()


@pytest.mark.parametrize("subject", ["a\r\nBcc: evil@t.example", "=?utf-8?q?a=0D=0ABcc:_evil@x?="])
async def test_a_subject_stays_one_line(ada: Visitor, subject: str) -> None:
    draft = await ada.compose()
    page = await ada.take_token(draft)
    version = page.split('name="version" value="')[1].split('"')[0]
    to = ada.mail.accounts[0].address

    answer = await ada.post(draft, version=version, to=to, subject=subject, message="x", do="send")

    assert 303 == answer.status
    found = await (await ada.get("/m/INBOX")).text()
    assert "evil@" in found.split("</ul>")[0]
