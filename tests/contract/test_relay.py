"""The relay of the kit calls stores and wrappers as the host's does."""

import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from satchel_hookspecs import Block, Conflict, MemoryAttachments, Purpose, Ref, UploadRequest
from satchel_testkit.relay import Hooks, compose
from satchel_testkit.wrappers import WRAPPINGS
from tests.contract.harness import Clock, context, hooks_around

REF = Ref("a" * 32, "g1", "id1")
Relay = Callable[[object, list[object]], Any]
RELAYS: dict[str, Relay] = {
    "host": hooks_around,
    "kit": lambda store, wrappers: compose(Hooks(), store, wrappers),
}


@pytest.fixture(params=list(RELAYS))
def relay(request: pytest.FixtureRequest) -> Relay:
    return RELAYS[request.param]


@pytest.fixture(params=WRAPPINGS)
def wrappers(request: pytest.FixtureRequest) -> list[object]:
    return [wrapper(None, context(Clock())) for wrapper in WRAPPINGS[request.param]]


async def one_block() -> AsyncIterator[Block]:
    yield Block.of(0, b"hello")


async def test_a_file_goes_through_both_alike(relay: Relay, wrappers: list[object]):
    hooks = relay(MemoryAttachments(None, context(Clock())), wrappers)
    asked = UploadRequest(REF, "a.txt", "text/plain", 5)

    await hooks.attachments_touch(owner=REF.owner, group=REF.group, ttl=60)
    await hooks.attachment_upload(request=asked, start=0, blocks=one_block())
    sha256 = hashlib.sha256(b"hello").hexdigest()
    sealed = await hooks.attachment_seal(ref=REF, size=5, sha256=sha256)
    reader = await hooks.attachment_get(ref=REF, first=0, last=None, purpose=Purpose.SEND)
    async with reader:
        [block] = [block.verified() async for block in reader]

    assert (sealed.size, block.data) == (5, b"hello")


async def test_a_refusal_goes_through_both_alike(relay: Relay, wrappers: list[object]):
    hooks = relay(MemoryAttachments(None, context(Clock())), wrappers)

    with pytest.raises(Conflict) as refused:
        await hooks.attachment_seal(ref=REF, size=5, sha256="0" * 64)
    assert refused.value.current is None
