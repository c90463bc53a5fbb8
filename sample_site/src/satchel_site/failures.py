"""What went wrong, told to the person at the screen, with a reference for the log."""

import logging
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.http import StreamWriter

from satchel.mail import errors as mail
from satchel_hookspecs import (
    ChecksumMismatch,
    Conflict,
    QuotaExceeded,
    Rejected,
    StorageFull,
    TooLarge,
    Unavailable,
)
from satchel_site.body import Stalled
from satchel_site.preferences import Preferences
from satchel_site.ranges import RangeNotSatisfiable
from satchel_site.refusal import Refusal
from satchel_site.rendering import TEMPLATES
from satchel_site.words import size

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

logger = logging.getLogger(__name__)

HEADINGS = {
    400: "That did not work",
    401: "You are not signed in",
    403: "This is not allowed",
    404: "There is no such page",
    405: "This is not possible here",
    408: "The request took too long",
    409: "It has changed meanwhile",
    413: "That is too large",
    415: "This kind of request is not accepted",
    416: "There are no such bytes",
    422: "That cannot be used",
    500: "Something went wrong here",
    502: "The mail server said no",
    503: "This is not available at the moment",
    507: "There is no room left",
}
AGAIN = "Nothing you saved is lost. Try again in a moment."
STATUS_OF: tuple[tuple[type[Exception], int, str], ...] = (
    (Stalled, 408, "Nothing more arrived from your browser. Try again."),
    (Unavailable, 503, f"A part of the system does not answer. {AGAIN}"),
    (StorageFull, 507, "The server's storage is full; the file was not added."),
    (ChecksumMismatch, 422, "The file did not arrive as it was sent. Attach it again."),
    (Rejected, 422, ""),
    (Conflict, 409, ""),
    (mail.MailServerUnavailable, 503, ""),
    (mail.LoginRefused, 401, "The mail server does not accept your password any more."),
    (mail.FolderNameRefused, 400, ""),
    (mail.FolderMissing, 404, ""),
    (mail.FolderChanged, 404, ""),
    (mail.MessageMissing, 404, ""),
    (mail.PartMissing, 404, ""),
    (mail.MailServerRefused, 502, ""),
    (mail.MailError, 422, ""),
    (ConnectionError, 400, "The connection broke off."),
)


@web.middleware
async def show_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure with a page, or with JSON where a script asks; nothing is swallowed."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        kept = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
        response = _answer(
            request, Refusal(error.status, _sentence_for(error.status), headers=kept)
        )
    except Exception as error:
        if _is_answered(request):
            _break_off(request)
            raise
        response = _answer(request, refusal_for(error), error)
    return response


def refusal_for(error: Exception) -> Refusal:
    """Turn what went wrong into a status and a sentence."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, TooLarge):
        sentence = _own_words(error) or f"The limit is {size(error.limit)}."
        return Refusal(413, sentence, {"limit": error.limit})
    if isinstance(error, QuotaExceeded):
        sentence = _own_words(error) or f"You may keep {size(error.limit)} of files at a time."
        return Refusal(507, sentence)
    if isinstance(error, RangeNotSatisfiable):
        headers = {"Content-Range": f"bytes */{error.size}"}
        return Refusal(416, str(error), headers=headers)
    for kind, status, sentence in STATUS_OF:
        if isinstance(error, kind):
            return Refusal(status, sentence or str(error))
    return Refusal(500, _sentence_for(500))


def _own_words(error: TooLarge | QuotaExceeded) -> str:
    """What a plugin says that knows better than the number of bytes does; empty if nothing."""
    said = str(error)
    return "" if said == str(type(error)(error.limit)) else said


def _is_answered(request: web.Request) -> bool:
    """Whether the answer began, so that no other can be given."""
    return isinstance(request.writer, StreamWriter) and request.writer.output_size > 0


def _break_off(request: web.Request) -> None:
    """Close the connection, so that nobody takes half an answer for the whole."""
    if request.transport is not None:
        request.transport.close()


def _answer(
    request: web.Request, refusal: Refusal, error: Exception | None = None
) -> web.StreamResponse:
    reference = secrets.token_hex(4)
    level = logging.ERROR if refusal.status >= 500 else logging.INFO
    unforeseen = error if refusal.status == 500 else None
    logger.log(
        level, "%s %s: %d, reference %s: %s",
        request.method, request.rel_url.raw_path, refusal.status, reference, type(error).__name__,
        exc_info=unforeseen,
    )  # fmt: skip
    if "application/json" in request.headers.get("Accept", ""):
        body = {"error": refusal.sentence, "reference": reference, **refusal.more}
        return _with_headers(web.json_response(body, status=refusal.status), refusal)
    page = request.app[TEMPLATES].page(
        "error.html",
        {
            "heading": HEADINGS.get(refusal.status, HEADINGS[400]),
            "sentence": refusal.sentence,
            "reference": reference,
            "csrf": "",
            "flashes": (),
            "preferences": Preferences(),
            "again_url": _again_url(request, refusal.status),
            "back_url": "/sign-in" if refusal.status == 401 else "/",
            "back_label": "Sign in" if refusal.status == 401 else "Back to the inbox",
        },
    )
    return _with_headers(
        web.Response(text=page, status=refusal.status, content_type="text/html"), refusal
    )


def _again_url(request: web.Request, status: int) -> str:
    """Where to try again; a form is sent again by going back to it."""
    return request.rel_url.raw_path_qs if status == 503 and request.method == "GET" else ""


def _with_headers(response: web.Response, refusal: Refusal) -> web.Response:
    response.headers.update(refusal.headers)
    if refusal.status in {503, 507}:
        response.headers["Retry-After"] = "5"
    if refusal.status == 408:
        response.force_close()
    return response


def _sentence_for(status: int) -> str:
    if status == 404:
        return "It may have been moved or deleted, or the address is mistyped."
    if status >= 500:
        return f"It is not your fault, and it has been written down. {AGAIN}"
    if status == 405:
        return "The address is right, but not for this kind of request."
    return "The request could not be understood. Go back, reload the page and try again."
