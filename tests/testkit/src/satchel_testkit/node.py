"""Another process over the medium of a test: does one work when it is told to, and answers."""

import asyncio
import hashlib
import json
import resource
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from satchel_hookspecs import BLOCK, Block, Conflict, Purpose
from satchel_testkit.attachment_suite import GROUP, OWNER, asking, ref
from satchel_testkit.relay import Hooks
from satchel_testkit.session_suite import KEY
from satchel_testkit.subject import find_subject

TTL = 3600
WARM_UP = 2 * 2**20


async def attach(hooks: Hooks, amount: int, name: str) -> int:
    """Keep so many small files, each with its id as its content."""
    for number in range(amount):
        id = f"{name}-{number}"
        await _keep(hooks, id, len(id), _blocks(id.encode(), len(id)))
    return amount


async def stream(hooks: Hooks, amount: int, name: str) -> int:
    """Keep and read a file of so many bytes; answer how much more memory it took."""
    await _stream(hooks, WARM_UP, f"{name}-warm")
    before = _peak()
    await _stream(hooks, amount, name)
    return _peak() - before


async def increment(hooks: Hooks, amount: int, name: str) -> int:
    """Add one to a session so many times, and answer how often another one was faster."""
    done = refused = 0
    while done < amount:
        found = await hooks.session_read(key=KEY)
        data = b"%d" % (int(found.data) + 1)
        try:
            await hooks.session_write(key=KEY, data=data, expect=found.version, ttl=TTL, owner=None)
            done += 1
        except Conflict:
            refused += 1
    return refused


WORKS: dict[str, Callable[[Hooks, int, str], Awaitable[int]]] = {
    "attach": attach,
    "stream": stream,
    "increment": increment,
}


async def run(order: dict[str, Any]) -> None:  # Any: read from JSON
    """Make the store, say so, wait for the word, do the work and print its answer."""
    subject = find_subject(order["spec"], order["wrapping"], order["options"], order["harness"])
    harness = subject.make_harness(Path(order["folder"]))
    harness.clock.moved = order["moved"]
    async with AsyncExitStack() as stack:
        hooks = await subject.open(stack, harness)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        answer = await WORKS[order["work"]](hooks, order["amount"], order["name"])
    sys.stdout.write(f"{answer}\n")


async def _stream(hooks: Hooks, size: int, id: str) -> None:
    await _keep(hooks, id, size, _blocks(b"satchel." * (BLOCK // 8), size))
    reader = await hooks.attachment_get(ref=ref(id), first=0, last=None, purpose=Purpose.SEND)
    async with reader:
        read = sum([block.verified().size async for block in reader])
    if read != size:
        raise AssertionError(f"Of {size} bytes {read} came back.")


async def _keep(hooks: Hooks, id: str, size: int, blocks: AsyncIterator[Block]) -> None:
    whole = hashlib.sha256()

    async def hashed() -> AsyncIterator[Block]:
        async for block in blocks:
            whole.update(block.data)
            yield block

    await hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=TTL)
    await hooks.attachment_upload(request=asking(ref(id), size), start=0, blocks=hashed())
    await hooks.attachment_seal(ref=ref(id), size=size, sha256=whole.hexdigest())


async def _blocks(each: bytes, size: int) -> AsyncIterator[Block]:
    for at in range(0, size, BLOCK):
        yield Block.of(at // BLOCK, each[: min(BLOCK, size - at)])


def _peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.argv[1])))
