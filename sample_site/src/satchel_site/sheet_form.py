"""The compose form as it comes back: its text, and the files that came along."""

import asyncio
import logging
import secrets
from collections.abc import Sequence

from aiohttp import web

from satchel_hookspecs import StoreError
from satchel_site.failures import refusal_for
from satchel_site.forms import Form, UploadedFile
from satchel_site.host import files_of
from satchel_site.keeping import keep_file
from satchel_site.protection import FORM, PARTS

logger = logging.getLogger(__name__)


async def read_sheet(
    request: web.Request, group: str
) -> tuple[Form, tuple[str, ...], tuple[str, ...]]:
    """Read the form; its files are kept as they come, and what is wrong with one is told."""
    if FORM in request:
        return request[FORM], (), ()
    added: list[str] = []
    try:
        return await _read_parts(request, group, added)
    except BaseException:
        # The person sends the whole form again: what was kept of this one would be there twice.
        await asyncio.shield(_take_back(request, group, added))
        raise


async def _read_parts(
    request: web.Request, group: str, added: list[str]
) -> tuple[Form, tuple[str, ...], tuple[str, ...]]:
    fields, problems = [], []
    async for name, value in request[PARTS]:
        if isinstance(value, str):
            fields.append((name, value))
            continue
        token = secrets.token_hex(16)
        added.append(files_of(request).ref_for(group, token).id)
        try:
            await _keep(request, group, token, value)
        except StoreError as error:
            await _take_back(request, group, [added.pop()])
            problems.append(f"“{value.filename}” was not attached. {refusal_for(error).sentence}")
            async for _ in value.chunks:
                pass
    return Form(tuple(fields)), tuple(added), tuple(problems)


async def _keep(request: web.Request, group: str, token: str, file: UploadedFile) -> None:
    await keep_file(
        request, group, token, file.filename, file.content_type, file.chunks, position=10_000
    )


async def _take_back(request: web.Request, group: str, added: Sequence[str]) -> None:
    for id in added:
        try:
            await files_of(request).delete(group, id)
        except StoreError as error:
            logger.warning("a file of a broken form stays in its draft: %s", error)
