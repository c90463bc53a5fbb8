"""A walk through every hook of the contract, as a host takes it in the life of a letter."""

import hashlib
from collections.abc import AsyncIterator

from satchel.plugins.relay import Hooks
from satchel_hookspecs import ABSENT, Block, Purpose, Ref, UploadRequest

OWNER, GROUP, KEY = "a" * 32, "b" * 32, "c" * 64
CONTENT = b"Dear Bert,\n" * 1000
REF = Ref(OWNER, GROUP, "d" * 32)


async def walk_attachments(hooks: Hooks) -> list[str]:
    """Attach a file, look at it, read it, rename it and delete it; return its names on the way."""
    digest = hashlib.sha256(CONTENT).hexdigest()
    await hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=3600)
    request = UploadRequest(REF, "letter.txt", "text/plain", len(CONTENT))
    await hooks.attachment_upload(request=request, start=0, blocks=_blocks())
    kept = await hooks.attachment_seal(ref=REF, size=len(CONTENT), sha256=digest)
    await hooks.attachment_stored(attachment=kept)
    names = [one.filename for one in await hooks.attachment_list(owner=OWNER, group=GROUP)]
    reader = await hooks.attachment_get(ref=REF, first=0, last=None, purpose=Purpose.DOWNLOAD)
    async with reader:
        assert [block.verified().data async for block in reader] == [CONTENT]
    await hooks.attachment_rename(ref=REF, filename="dear.txt")
    names.append((await hooks.attachment_stat(ref=REF)).filename)
    assert (await hooks.attachment_usage(owner=OWNER)).size == len(CONTENT)
    assert await hooks.attachment_delete(ref=REF)
    await hooks.attachment_deleted(ref=REF, reason="deleted")
    assert await hooks.attachments_cleanup(owner=OWNER, group=None) == 0
    await hooks.attachment_gc(limit=10)
    return names


async def walk_sessions(hooks: Hooks) -> bytes:
    """Create a session, change it, read it and end it; return what was read."""
    first = await hooks.session_write(key=KEY, data=b"1", expect=ABSENT, ttl=3600, owner=OWNER)
    await hooks.session_created(key=KEY, owner=OWNER)
    await hooks.session_write(key=KEY, data=b"2", expect=first, ttl=3600, owner=OWNER)
    await hooks.session_touch(key=KEY, ttl=7200)
    record = await hooks.session_read(key=KEY)
    await hooks.session_list(owner=OWNER)
    assert await hooks.session_destroy(key=KEY)
    await hooks.session_destroyed(key=KEY, owner=OWNER, reason="sign_out")
    await hooks.session_gc(limit=10)
    data: bytes = record.data
    return data


async def _blocks() -> AsyncIterator[Block]:
    yield Block.of(0, CONTENT)
