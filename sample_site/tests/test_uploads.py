"""Files on their way into a draft."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator

import pytest
from sample_site.tests.visitor import Visitor

TOKEN = "t" * 32
SIZES = [0, 1, 262_143, 262_144, 262_145, 700_001]


@pytest.mark.parametrize("size", SIZES)
async def test_a_file_comes_back_as_it_was(ada: Visitor, size: int) -> None:
    data, draft = os.urandom(size), await ada.compose()

    kept = await (await ada.put(f"{draft}/files/{TOKEN}", data)).json()
    answer = await ada.get(f"{draft}/files/{kept['id']}")

    assert (size, hashlib.sha256(data).hexdigest()) == (kept["size"], kept["sha256"])
    assert data == await answer.read()
    assert "attachment" in answer.headers["Content-Disposition"]


async def test_the_same_request_again_has_one_effect(ada: Visitor) -> None:
    draft = await ada.compose()
    first = await (await ada.put(f"{draft}/files/{TOKEN}", b"abc")).json()

    second = await (await ada.put(f"{draft}/files/{TOKEN}", b"abc")).json()

    assert first == second


@pytest.mark.parametrize(
    ("header", "status", "expected"),
    [
        ("bytes=0-0", 206, b"0"),
        ("bytes=-2", 206, b"89"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=10-", 416, None),
        ("bytes=0-1,3-4", 200, b"0123456789"),
    ],
)
async def test_a_part_of_a_file_can_be_asked_for(
    ada: Visitor, header: str, status: int, expected: bytes | None
) -> None:
    draft = await ada.compose()
    kept = await (await ada.put(f"{draft}/files/{TOKEN}", b"0123456789")).json()

    answer = await ada.get(f"{draft}/files/{kept['id']}", headers={"Range": header})

    assert status == answer.status
    assert expected is None or expected == await answer.read()


async def test_too_large_a_file_is_refused_before_it_is_read(ada: Visitor) -> None:
    draft = await ada.compose()

    waiting = asyncio.Event()

    async def withheld() -> AsyncIterator[bytes]:
        yield b"x"
        await waiting.wait()

    answer = await ada.put(f"{draft}/files/{TOKEN}", withheld(), **{"Content-Length": str(10**10)})
    said = await answer.json()
    waiting.set()

    assert 413 == answer.status
    assert "MB" in said["error"]
    assert said["limit"] > 0


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_a_form_is_no_file(ada: Visitor, kind: str) -> None:
    draft = await ada.compose()

    answer = await ada.put(f"{draft}/files/{TOKEN}", b"a=b", **{"Content-Type": kind})

    assert 415 == answer.status


async def test_a_compressed_body_is_refused(ada: Visitor) -> None:
    draft = await ada.compose()

    answer = await ada.put(f"{draft}/files/{TOKEN}", b"x", **{"Content-Encoding": "gzip"})

    assert answer.status in {400, 415}


async def test_a_file_for_a_draft_that_is_gone_is_refused(ada: Visitor) -> None:
    answer = await ada.put(f"/compose/{'a' * 32}/files/{TOKEN}", b"x")

    assert 410 == answer.status


async def test_nobody_sees_the_files_of_another(ada: Visitor) -> None:
    draft = await ada.compose()
    kept = await (await ada.put(f"{draft}/files/{TOKEN}", b"secret")).json()
    ada.client.session.cookie_jar.clear()
    await ada.sign_in(1)

    assert 404 == (await ada.get(draft)).status
    assert 404 == (await ada.get(f"{draft}/files/{kept['id']}")).status
    assert 410 == (await ada.put(f"{draft}/files/{TOKEN}", b"x")).status


async def test_a_name_is_shown_as_text_and_never_used_as_a_path(ada: Visitor) -> None:
    draft = await ada.compose()

    answer = await ada.put(
        f"{draft}/files/{TOKEN}", b"x", **{"X-Filename": "..%2F..%2F%3Cimg src=x%3E%0D%0A.png"}
    )
    page = await (await ada.get(draft)).text()

    assert "<img src=x>.png" == (await answer.json())["filename"]
    assert "&lt;img src=x&gt;.png" in page
    assert "<img src=x" not in page


async def test_deleting_twice_is_no_error(ada: Visitor) -> None:
    draft = await ada.compose()
    await ada.put(f"{draft}/files/{TOKEN}", b"x")
    headers = {"X-CSRF-Token": ada.token}

    for _ in range(2):
        answer = await ada.client.delete(f"{draft}/files/{TOKEN}", headers=headers)
        assert 204 == answer.status


async def test_progress_of_an_unknown_file_is_not_found(ada: Visitor) -> None:
    answer = await ada.client.head(f"{await ada.compose()}/files/{TOKEN}")

    assert 404 == answer.status


@pytest.mark.parametrize("offset", ["-1", "1.0", "", "٣", "9" * 20, "1e3"])
async def test_an_offset_that_is_no_number_is_refused(ada: Visitor, offset: str) -> None:
    draft = await ada.compose()
    await ada.put(f"{draft}/files/{TOKEN}", b"x")

    answer = await ada.client.patch(
        f"{draft}/files/{TOKEN}",
        data=b"y",
        headers={
            "X-CSRF-Token": ada.token,
            "Upload-Offset": offset.encode().decode("latin-1"),
            "Content-Type": "application/octet-stream",
        },
    )

    assert 400 == answer.status


async def test_a_finished_file_is_renamed(ada: Visitor) -> None:
    draft = await ada.compose()
    kept = await (await ada.put(f"{draft}/files/{TOKEN}", b"x")).json()

    answer = await ada.post(f"{draft}/files/{kept['id']}/rename", filename="b/new é.txt")

    assert 303 == answer.status
    assert "new é.txt" in await (await ada.get(draft)).text()
