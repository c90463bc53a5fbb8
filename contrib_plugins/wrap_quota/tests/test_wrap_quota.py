"""What is special about the quota: who is refused, when, and what is left then."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import pytest

from satchel_hookspecs import (
    BLOCK,
    Block,
    Conflict,
    MemoryAttachments,
    PluginContext,
    QuotaExceeded,
    Ref,
    UploadRequest,
    Usage,
)
from satchel_testkit.content import cut, digest, some_bytes, stream
from satchel_testkit.relay import Hooks, compose
from satchel_wrap_quota import Quota
from satchel_wrap_quota.size import to_bytes

OWNER, OTHER = "a" * 32, "b" * 32
GONE = ConnectionResetError("The client went away.")


def context(hooks: Hooks) -> PluginContext:
    return PluginContext("it", "node", time.time, logging.getLogger(), (), {}, hooks)


@pytest.fixture
def store() -> MemoryAttachments:
    return MemoryAttachments(None, context(Hooks()))


async def opened(
    store: MemoryAttachments, size: int | str = 100, count: int | None = None
) -> Hooks:
    """The hooks of another node over the same store, with two composes open."""
    hooks = Hooks()
    compose(hooks, store, [Quota(Quota.Config(size, count), context(hooks))])
    for owner in (OWNER, OTHER):
        for group in ("g1", "g2"):
            await hooks.attachments_touch(owner=owner, group=group, ttl=3600)
    return hooks


def ref(id: str, group: str = "g1", owner: str = OWNER) -> Ref:
    return Ref(owner, group, id)


def asking(at: Ref, size: int | None) -> UploadRequest:
    return UploadRequest(at, "report.pdf", "application/pdf", size)


async def upload(hooks, at, content, size, start=0, end=None):
    blocks = stream(cut(content, start), end)
    return await hooks.attachment_upload(request=asking(at, size), start=start, blocks=blocks)


async def seal(hooks, at, content):
    return await hooks.attachment_seal(ref=at, size=len(content), sha256=digest(content))


async def keep(hooks, at, content):
    await upload(hooks, at, content, len(content))
    return await seal(hooks, at, content)


async def usage(hooks) -> Usage:
    return await hooks.attachment_usage(owner=OWNER)


async def never() -> AsyncIterator[Block]:
    raise AssertionError("Nothing should be read.")
    yield


async def test_so_much_as_is_allowed_is_kept_and_not_a_byte_more(store) -> None:
    hooks = await opened(store, 100)
    await keep(hooks, ref("id1"), b"x" * 60)
    await keep(hooks, ref("id2", "g2"), b"x" * 40)

    with pytest.raises(QuotaExceeded) as refused:
        await upload(hooks, ref("id3"), b"x", 1)
    assert refused.value.limit == 100
    assert await usage(hooks) == Usage(100, 2)


async def test_an_announced_size_is_refused_before_a_byte_is_read(store) -> None:
    hooks = await opened(store, 100)

    with pytest.raises(QuotaExceeded):
        await hooks.attachment_upload(request=asking(ref("id1"), 101), start=0, blocks=never())
    assert await hooks.attachment_stat(ref=ref("id1")) is None


async def test_the_owners_do_not_share(store) -> None:
    hooks = await opened(store, 100)
    await keep(hooks, ref("id1"), b"x" * 100)

    await keep(hooks, ref("id1", owner=OTHER), b"x" * 100)

    assert await usage(hooks) == Usage(100, 1)


async def test_a_stream_that_grows_too_long_is_cut_and_leaves_nothing(store) -> None:
    hooks = await opened(store, 2 * BLOCK)
    taken: list[int] = []

    async def endless() -> AsyncIterator[Block]:
        while True:
            taken.append(len(taken))
            yield Block.of(taken[-1], bytes(BLOCK))

    with pytest.raises(QuotaExceeded):
        await hooks.attachment_upload(request=asking(ref("id1"), None), start=0, blocks=endless())
    assert taken == [0, 1, 2]
    assert await usage(hooks) == Usage(0, 0)


async def test_bytes_that_are_not_sealed_count(store) -> None:
    hooks = await opened(store, 100)
    await upload(hooks, ref("id1"), b"x" * 60, 80)

    with pytest.raises(QuotaExceeded):
        await keep(hooks, ref("id2", "g2"), b"x" * 41)
    await keep(hooks, ref("id3"), b"x" * 40)


async def test_going_on_with_an_upload_does_not_count_it_twice(store) -> None:
    hooks, content = await opened(store, 3 * BLOCK), some_bytes(3 * BLOCK)
    with pytest.raises(ConnectionResetError):
        await upload(hooks, ref("id1"), content[: 2 * BLOCK + 5], len(content), 0, GONE)

    await upload(await opened(store, 3 * BLOCK), ref("id1"), content, len(content), 2)
    await seal(hooks, ref("id1"), content)

    assert await usage(hooks) == Usage(3 * BLOCK, 1)


async def test_going_on_with_too_much_is_cut_where_it_is_too_much(store) -> None:
    hooks, content = await opened(store, 3 * BLOCK), some_bytes(4 * BLOCK)
    with pytest.raises(ConnectionResetError):
        await upload(hooks, ref("id1"), content[: 2 * BLOCK], None, 0, GONE)

    with pytest.raises(QuotaExceeded):
        await upload(hooks, ref("id1"), content, None, 2)
    assert await usage(hooks) == Usage(0, 0)


async def test_beginning_anew_does_not_count_what_was_there(store) -> None:
    hooks = await opened(store, 100)
    await upload(hooks, ref("id1"), b"x" * 90, 90)

    await keep(hooks, ref("id1"), b"y" * 100)

    assert await usage(hooks) == Usage(100, 1)


async def test_what_is_deleted_makes_room(store) -> None:
    hooks = await opened(store, 100)
    await keep(hooks, ref("id1"), b"x" * 100)
    await hooks.attachment_delete(ref=ref("id1"))

    await keep(hooks, ref("id2"), b"x" * 100)


async def test_the_number_is_limited_too(store) -> None:
    hooks = await opened(store, 100, count=2)
    await keep(hooks, ref("id1"), b"")
    await keep(hooks, ref("id2", "g2"), b"")
    await upload(hooks, ref("id1", owner=OTHER), b"", 0)

    with pytest.raises(QuotaExceeded, match="Only 2 attachments"):
        await upload(hooks, ref("id3"), b"", 0)


async def test_a_repeated_request_for_what_is_complete_meets_the_store(store) -> None:
    await keep(await opened(store, 100), ref("id1"), b"x" * 100)
    lowered = await opened(store, 10)

    with pytest.raises(Conflict):
        await upload(lowered, ref("id1"), b"x" * 100, 100)
    assert (await seal(lowered, ref("id1"), b"x" * 100)).sealed
    assert await usage(lowered) == Usage(100, 1)


async def test_a_lower_limit_takes_nothing_away(store) -> None:
    await keep(await opened(store, 100), ref("id1"), b"x" * 100)
    lowered = await opened(store, 10)

    with pytest.raises(QuotaExceeded):
        await upload(lowered, ref("id2"), b"", 0)
    assert await usage(lowered) == Usage(100, 1)


async def test_the_later_of_two_in_one_compose_gives_way(store) -> None:
    one, other = await opened(store, 100), await opened(store, 100)
    await asyncio.gather(
        upload(one, ref("id1"), b"x" * 60, None), upload(other, ref("id2"), b"y" * 60, None)
    )

    with pytest.raises(QuotaExceeded):
        await seal(other, ref("id2"), b"y" * 60)
    assert (await seal(one, ref("id1"), b"x" * 60)).sealed
    assert await usage(one) == Usage(60, 1)


async def test_the_earlier_one_is_not_held_up_by_a_later_that_will_give_way(store) -> None:
    one, other = await opened(store, 100), await opened(store, 100)
    await asyncio.gather(
        upload(one, ref("id1"), b"x" * 60, None), upload(other, ref("id2"), b"y" * 60, None)
    )

    assert (await seal(one, ref("id1"), b"x" * 60)).sealed
    with pytest.raises(QuotaExceeded):
        await seal(other, ref("id2"), b"y" * 60)
    assert await usage(one) == Usage(60, 1)


async def test_what_was_complete_first_stays_though_it_began_later(store) -> None:
    one, other = await opened(store, 100), await opened(store, 100)
    began, resume = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[Block]:
        began.set()
        await resume.wait()
        yield Block.of(0, b"x" * 60)

    slower = asyncio.create_task(
        one.attachment_upload(request=asking(ref("id1"), None), start=0, blocks=slow())
    )
    await began.wait()
    await keep(other, ref("id2"), b"y" * 60)
    resume.set()
    await slower

    with pytest.raises(QuotaExceeded):
        await seal(one, ref("id1"), b"x" * 60)
    assert await usage(one) == Usage(60, 1)


async def test_a_file_that_came_between_look_and_seal_is_found_after_it(store) -> None:
    hooks, other = await opened(store, 100), await opened(store, 100)
    await upload(other, ref("id1"), b"x" * 60, None)
    await upload(hooks, ref("id2", "g2"), b"y" * 30, None)
    sealing = store.attachment_seal

    async def late(ref: Ref, size: int, sha256: str) -> object:
        sealed = await sealing(ref, size, sha256)
        await store.attachment_upload(
            asking(Ref(OWNER, "g1", "id3"), 20), 0, stream(cut(b"z" * 20))
        )
        return sealed

    store.attachment_seal = late
    compose(hooks, store, [Quota(Quota.Config(100), context(hooks))])

    with pytest.raises(QuotaExceeded):
        await seal(hooks, ref("id2", "g2"), b"y" * 30)
    assert await hooks.attachment_stat(ref=ref("id2", "g2")) is None
    assert await usage(hooks) == Usage(80, 2)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("groups", [("g1",), ("g1", "g2")])
async def test_uploads_at_once_from_two_nodes_never_keep_too_much(store, groups, seed) -> None:
    nodes = [await opened(store, 100), await opened(store, 100)]
    for node in nodes:
        await _slow_down(node, seed)

    async def attach(number: int) -> int:
        at, content = ref(f"id{number}", groups[number % len(groups)]), b"x" * (20 + number)
        size = len(content) if (number + seed) % 3 else None
        try:
            await upload(nodes[number % 2], at, content, size)
            return (await seal(nodes[number % 2], at, content)).size
        except QuotaExceeded:
            return 0

    kept = await asyncio.gather(*(attach(number) for number in range(10)))

    assert sum(kept) <= 100
    assert await usage(nodes[0]) == Usage(sum(kept), sum(1 for size in kept if size))
    if groups == ("g1",):
        assert sum(kept) > 0


async def _slow_down(node: Hooks, seed: int) -> None:
    """Let what the quota looks at take some turns of the loop, different ones each time."""
    for place, name in enumerate(("attachment_usage", "attachment_list", "attachment_stat")):
        setattr(node, name, _late(getattr(node, name), seed * 7 + place))


def _late(call, turns: int):
    calls = 0

    async def late(**arguments):
        nonlocal calls
        calls += 1
        for _ in range((turns + calls * 5) % 11):
            await asyncio.sleep(0)
        answer = await call(**arguments)
        for _ in range((turns + calls * 3) % 7):
            await asyncio.sleep(0)
        return answer

    return late


@pytest.mark.parametrize(
    ("written", "size"),
    [
        (1, 1),
        ("1", 1),
        ("25 MiB", 25 * 2**20),
        ("2G", 2**31),
        ("10kb", 10240),
        (" 3 T ", 3 * 2**40),
    ],
)
def test_a_size_is_read_as_people_write_it(written, size) -> None:
    assert to_bytes(written) == size


@pytest.mark.parametrize("written", [0, -1, "", "much", "1.5G", "0", "5 apples", "-3M", True])
def test_what_is_no_size_is_refused_in_words(written) -> None:
    with pytest.raises(ValueError, match="no size above zero"):
        Quota.Config(written)


def test_a_count_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Quota.Config(100, 0)
