"""A process that keeps files in a folder, and says what came of each and of an earlier one."""

import asyncio
import json
import sys
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conftest import REF, content_of, context, keep

from satchel_attachments_filesystem import FilesystemAttachments
from satchel_hookspecs import StoreError


async def told(act: Awaitable[bytes | None]) -> str:
    """What came of it, in words."""
    try:
        return (await act or b"kept").decode()
    except StoreError as error:
        return f"{type(error).__name__}: {error}"


async def main(folder: Path, ids: list[str]) -> None:
    store = FilesystemAttachments(FilesystemAttachments.Config(folder), context())
    store._threads = ThreadPoolExecutor(1)  # whoever traces it counts the calls of each thread
    async with store.plugin_lifespan(context()):
        said = [await told(keep(store, b"x", id)) for id in ids]
        earlier = await told(content_of(store))
        listed = await store.attachment_list(REF.owner, REF.group)
        sealed = [one.ref.id for one in listed if one.sealed]
        health = (await store.plugin_health()).state
        sys.stdout.write(json.dumps([[*said, earlier], sealed, health]))


asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
