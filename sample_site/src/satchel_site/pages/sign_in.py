"""Signing in and out."""

from aiohttp import web

from satchel.mail.addresses import check_mailbox
from satchel.mail.errors import AddressError, LoginRefused, MailServerUnavailable
from satchel.mail.server import Credentials
from satchel_site.addresses import own_path
from satchel_site.host import (
    CREDENTIALS,
    client_of,
    credentials_of,
    owner_of_account,
    pool_of,
    session_of,
    settings_of,
    throttle_of,
)
from satchel_site.known import KNOWN_ACCOUNTS
from satchel_site.page import show
from satchel_site.protection import form_of

WRONG = "The address or the password is not right."
NO_ADDRESS = "This is not a complete email address."
UNREACHABLE = "The mail server cannot be reached, so your password was not checked. Try again soon."


async def show_sign_in(request: web.Request) -> web.StreamResponse:
    """Ask for address and password."""
    notice = "You have signed out." if "out" in request.query else ""
    return await _page(request, next_path=own_path(request.query.get("next", "/")), notice=notice)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Sign in when the mail server accepts the password."""
    form = form_of(request)
    typed, password = form.one("address").strip(), form.one("password")
    next_path = own_path(form.one("next") or "/")
    try:
        address = check_mailbox(typed)
    except AddressError:
        return await _page(request, next_path, problem=NO_ADDRESS, typed=typed, status=422)
    client = client_of(request)
    wait = await throttle_of(request).attempt(address, client)
    if wait:
        problem = f"Too many attempts. Try again in {wait} seconds."
        return await _page(request, next_path, problem=problem, typed=typed, status=429, wait=wait)
    try:
        await pool_of(request).check_login(Credentials(address, password))
    except MailServerUnavailable:
        return await _page(
            request, next_path, problem=UNREACHABLE, typed=typed, status=503, wait=10
        )
    except LoginRefused:
        return await _page(request, next_path, problem=WRONG, typed=typed, status=401)
    await throttle_of(request).succeed(address, client)
    session = session_of(request)
    await session.sign_in(owner_of_account(settings_of(request).imap, address))
    session[CREDENTIALS] = [address, password]
    raise web.HTTPSeeOther(next_path)


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session and let the browser forget what it has of it."""
    session = session_of(request)
    if CREDENTIALS in session:
        pool_of(request).forget(credentials_of(request))
    await session.sign_out()
    raise web.HTTPSeeOther("/sign-in?out=1", headers={"Clear-Site-Data": '"cache", "storage"'})


async def _page(
    request: web.Request,
    next_path: str,
    *,
    notice: str = "",
    problem: str = "",
    typed: str = "",
    status: int = 200,
    wait: int = 0,
) -> web.Response:
    accounts = request.app[KNOWN_ACCOUNTS]
    values = {
        "notice": notice,
        "problem": problem,
        "typed": typed,
        "refused": status == 401,
        "next": next_path,
        "accounts": accounts,
    }
    response = await show(request, "sign_in.html", values, status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
