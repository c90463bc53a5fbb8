"""Bodies that stand still are given up, and take nothing and nobody with them."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest

from satchel import settings_from
from satchel_site.app import make_app
from satchel_site.serving import served
from tests.bad_input.answer import Answer, expect_decency, read_answer
from tests.bad_input.multipart import BOUNDARY, field, multipart
from tests.bad_input.visitor import FILE, FORM, Visitor
from tests.servers.dovecot import Dovecot
from tests.servers.folder import open_server_folder
from tests.servers.postfix import Postfix
from tests.servers.site import usual_settings

T = TypeVar("T")
IMPATIENT = 0.4


@pytest.fixture
async def dora(dovecot: Dovecot, smtp_server: Postfix) -> AsyncIterator[Visitor]:
    """Dora's browser at a site that waits for less than a second."""
    account = dovecot.add_account("dora")
    with open_server_folder("impatient") as folder:
        settings = settings_from(usual_settings(folder, dovecot, smtp_server))
        app = make_app(settings, stalled_after=IMPATIENT)
        async with served(app, "127.0.0.1", 0) as port:
            visitor = Visitor(port)
            await asyncio.to_thread(visitor.sign_in, account)
            yield visitor


def stall(
    visitor: Visitor, method: str, path: str, headers: dict[str, str | bytes], begun: bytes
) -> Answer:
    """Send a part of a body and then nothing, and return what the site says to that."""
    with visitor.opened(method, path, headers | {"Content-Length": "500000"}) as connection:
        connection.sendall(begun)
        answer = read_answer(connection, method)
    expect_decency(answer)
    return answer


async def in_thread(visitor: Visitor, act: Callable[[Visitor], T]) -> T:
    """Let a visitor act beside the site."""
    return await asyncio.to_thread(act, visitor)


@pytest.mark.parametrize("begun", [b"", b"x", b"x" * 300_000], ids=["nothing", "a byte", "a block"])
async def test_a_file_that_stands_still_is_given_up(dora: Visitor, begun: bytes):
    def act(visitor: Visitor) -> tuple[Answer, str]:
        draft = visitor.compose()
        path = f"{draft}/files/{secrets.token_hex(16)}"
        return stall(visitor, "PUT", path, visitor.upload_headers(), begun), draft

    answer, draft = await in_thread(dora, act)

    assert answer.status == 408
    assert answer.headers["Connection"] == "close"
    page = await in_thread(dora, lambda visitor: visitor.get(draft))
    assert page.status == 200


async def test_a_form_that_stands_still_is_given_up_and_nothing_of_it_is_kept(dora: Visitor):
    def act(visitor: Visitor) -> tuple[list[Answer], str]:
        draft = visitor.compose()
        whole = multipart(
            field("csrf", visitor.token),
            field("subject", "hostile"),
            b'Content-Disposition: form-data; name="files"; filename="a"\r\n\r\n' + b"x" * 1000,
        )
        kind: dict[str, str | bytes] = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        cuts = (0, 30, 150, 250, 800)
        return [stall(visitor, "POST", draft, kind, whole[:at]) for at in cuts], draft

    answers, draft = await in_thread(dora, act)

    assert [answer.status for answer in answers] == [408] * 5
    page = await in_thread(dora, lambda visitor: visitor.get(draft))
    assert FILE.findall(page.text) == []
    assert "hostile" not in page.text


async def test_a_plain_form_that_stands_still_is_given_up(dora: Visitor):
    def act(visitor: Visitor) -> list[Answer]:
        return [
            stall(visitor, "POST", path, dict(FORM), b"csrf=") for path in ("/sign-in", "/sign-out")
        ]

    assert [answer.status for answer in await in_thread(dora, act)] == [408, 408]
    assert await in_thread(dora, Visitor.is_signed_in)


async def test_many_who_stand_still_keep_nobody_waiting(dora: Visitor):
    def act(visitor: Visitor) -> tuple[Answer, list[Answer]]:
        headers = visitor.upload_headers(Content_Length="500000")
        draft = visitor.compose()
        path = f"{draft}/files/{'t' * 31}"
        stalled = []
        for n in range(20):
            connection = visitor.connect()
            connection.sendall(visitor.head("PUT", f"{path}{n % 10}{n // 10}", headers) + b"x")
            stalled.append(connection)
        meanwhile = visitor.get(draft)
        answers = [read_answer(connection, "PUT") for connection in stalled]
        for connection in stalled:
            connection.close()
        return meanwhile, answers

    meanwhile, answers = await in_thread(dora, act)

    assert meanwhile.status == 200
    assert {answer.status for answer in answers} == {408}
