"""Files on their way into a draft, and out of it again."""

from collections.abc import Awaitable
from urllib.parse import unquote_to_bytes

from aiohttp import web

from satchel.attachments import Attachments
from satchel_hookspecs import Attachment, Conflict, Progress
from satchel_site.addresses import compose_url, read_number
from satchel_site.body import read_chunks
from satchel_site.disposition import attachment_headers
from satchel_site.forms import MULTIPART, URLENCODED
from satchel_site.host import files_of, signed_in
from satchel_site.keeping import keep_file
from satchel_site.page import flash
from satchel_site.protection import form_of
from satchel_site.ranges import parse_range
from satchel_site.refusal import Refusal, not_found

GONE = "This file was removed, or its draft was sent or discarded, before all of it had arrived."
LARGEST = 10**15


@signed_in
async def put_file(request: web.Request) -> web.StreamResponse:
    """Keep a whole file; its name is in a header, its bytes are the body."""
    _check_type(request)
    files, (group, token) = files_of(request), _named(request)
    attachment = await _unless_gone(
        files,
        keep_file(
            request,
            group,
            token,
            _filename(request),
            request.headers["Content-Type"],
            read_chunks(request),
            size=request.content_length,
            position=read_number(request.headers.get("X-Position", "0"), 10_000),
        ),
    )
    return _row(files, attachment, status=201)


@signed_in
async def tell_progress(request: web.Request) -> web.StreamResponse:
    """Say how much of a file is kept."""
    files, (group, token) = files_of(request), _named(request)
    attachment = await files.progress(group, token)
    if attachment is None:
        raise not_found()
    return _row(files, attachment)


@signed_in
async def resume_file(request: web.Request) -> web.StreamResponse:
    """Go on with a file where it stopped."""
    _check_type(request)
    offset = _offset(request)
    files, (group, token) = files_of(request), _named(request)
    resumed = files.resume(group, token, offset, read_chunks(request))
    return _row(files, await _unless_gone(files, resumed))


@signed_in
async def delete_file(request: web.Request) -> web.StreamResponse:
    """Delete a file, whole or on its way; deleting twice is no error."""
    await _delete(request)
    return web.Response(status=204)


@signed_in
async def delete_file_by_form(request: web.Request) -> web.StreamResponse:
    """Delete a file and go back to the draft."""
    await _delete(request)
    flash(request, "The file was removed.")
    raise web.HTTPSeeOther(compose_url(request.match_info["group"]))


@signed_in
async def rename_file(request: web.Request) -> web.StreamResponse:
    """Give a file another name and go back to the draft."""
    group, id = _named(request)
    if not await files_of(request).rename(group, id, form_of(request).one("filename")):
        raise not_found()
    raise web.HTTPSeeOther(compose_url(group))


@signed_in
async def download_attachment(request: web.Request) -> web.StreamResponse:
    """A file of a draft, or the part of it that was asked for."""
    files, (group, id) = files_of(request), _named(request)
    known = next((one for one in await files.list(group) if one.ref.id == id), None)
    if known is None or not known.sealed:
        raise not_found()
    span = parse_range(request.headers.get("Range", ""), known.size)
    headers = attachment_headers(known.filename, known.content_type)
    response = web.StreamResponse(status=206 if span else 200, headers=headers)
    response.headers["Accept-Ranges"] = "bytes"
    response.content_length = span.length if span else known.size
    if span:
        response.headers["Content-Range"] = span.content_range(known.size)
    start, stop = (span.start, span.stop) if span else (0, None)
    async with files.open_file(group, id, start, stop) as found:
        if found is None:
            raise not_found()
        await response.prepare(request)
        if request.method != "HEAD":
            async for chunk in found:
                await response.write(chunk)
    return response


def _named(request: web.Request) -> tuple[str, str]:
    return request.match_info["group"], request.match_info["id"]


def _check_type(request: web.Request) -> None:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not kind or kind in {URLENCODED, MULTIPART}:
        raise Refusal(415, "Send the bytes of one file, with the type that it has.")


def _filename(request: web.Request) -> str:
    name = request.headers.get("X-Filename", "").encode("utf-8", "surrogateescape")
    return unquote_to_bytes(name).decode("utf-8", "replace")


def _offset(request: web.Request) -> int:
    text = request.headers.get("Upload-Offset", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 16) or int(text) > LARGEST:
        raise Refusal(400, "Say in Upload-Offset at which byte the rest begins.")
    return int(text)


async def _unless_gone(files: Attachments, keeping: Awaitable[Attachment]) -> Attachment:
    """Tell a client that is out of step where to go on, and one that is too late that it is."""
    try:
        return await keeping
    except Conflict as conflict:
        if conflict.current is None:
            raise Refusal(410, GONE) from conflict
        more = _offset_of(files, conflict.current)
        raise Refusal(409, str(conflict), more) from conflict


def _offset_of(files: Attachments, current: object) -> dict[str, str | int]:
    if isinstance(current, Attachment):
        return {"offset": files.offset(current)}
    return {"offset": current.size} if isinstance(current, Progress) else {}


async def _delete(request: web.Request) -> None:
    """Delete by the file's id, or by the token of its upload while there is no id yet."""
    files, (group, id) = files_of(request), _named(request)
    if not await files.delete(group, id):
        await files.delete(group, files.ref_for(group, id).id)


def _row(files: Attachments, attachment: Attachment, status: int = 200) -> web.Response:
    response = web.json_response(
        {
            "id": attachment.ref.id,
            "filename": attachment.filename,
            "size": attachment.size,
            "sha256": attachment.sha256,
            "sealed": attachment.sealed,
        },
        status=status,
    )
    response.headers["Upload-Offset"] = str(files.offset(attachment))
    if attachment.total is not None:
        response.headers["Upload-Length"] = str(attachment.total)
    return response
