"""Keeping a file of a draft, on whichever node it arrives."""

from collections.abc import AsyncIterable, AsyncIterator, Coroutine
from typing import Any

from aiohttp import web

from satchel_hookspecs import Attachment, Conflict
from satchel_site.host import drafts_of, files_of, owner_of


async def keep_file(
    request: web.Request,
    group: str,
    token: str,
    filename: str,
    content_type: str,
    chunks: AsyncIterable[bytes],
    *,
    size: int | None = None,
    position: int = 0,
) -> Attachment:
    """Keep a whole file, as ``Attachments.add`` does.

    A store that does not know the compose, though its draft is there, has not met it yet: it keeps
    a folder of each node's own, or was emptied. The compose is opened then, and the file kept.
    """
    files, source = files_of(request), _Source(chunks)

    def add() -> Coroutine[Any, Any, Attachment]:  # Any: what a coroutine yields
        return files.add(
            group, token, filename, content_type, source.read(), size=size, position=position
        )

    try:
        return await add()
    except Conflict as conflict:
        if conflict.current is not None or source.begun:
            raise
        if await drafts_of(request).load(owner_of(request), group) is None:
            raise
    await files.open(group)
    return await add()


class _Source:
    """Bytes that can be read from their beginning for as long as nobody has begun."""

    def __init__(self, chunks: AsyncIterable[bytes]) -> None:
        self.begun = False
        self._chunks = chunks

    async def read(self) -> AsyncIterator[bytes]:
        self.begun = True
        async for chunk in self._chunks:
            yield chunk
