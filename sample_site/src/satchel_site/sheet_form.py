"""The compose form as it comes back: its text, and the files that came along."""

import secrets

from aiohttp import web

from satchel_hookspecs import StoreError
from satchel_site.failures import refusal_for
from satchel_site.forms import FORM_LIMIT, Form, Parts, UploadedFile
from satchel_site.host import files_of
from satchel_site.protection import FORM, PARTS
from satchel_site.refusal import Refusal


async def read_sheet(
    request: web.Request, group: str
) -> tuple[Form, tuple[str, ...], tuple[str, ...]]:
    """Read the form; its files are kept as they come, and what is wrong with one is told."""
    if FORM in request:
        return request[FORM], (), ()
    limit = files_of(request).limits.message + FORM_LIMIT
    if (request.content_length or 0) > limit:
        raise Refusal(413, f"A message may have at most {limit:,} bytes with its files.")
    parts: Parts = request[PARTS]
    fields, added, problems = [], [], []
    async for name, value in parts:
        if isinstance(value, str):
            fields.append((name, value))
            continue
        try:
            added.append(await _keep(request, group, value))
        except (StoreError, Refusal) as error:
            problems.append(f"“{value.filename}” was not attached. {refusal_for(error).sentence}")
            async for _ in value.chunks:
                pass
    return Form(tuple(fields)), tuple(added), tuple(problems)


async def _keep(request: web.Request, group: str, file: UploadedFile) -> str:
    token = secrets.token_hex(16)
    attachment = await files_of(request).add(
        group, token, file.filename, file.content_type, file.chunks, position=10_000
    )
    return attachment.ref.id
