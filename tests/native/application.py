"""An application with sessions of its own, around the site: `python -m ... FOLDER FILE PORT`."""

import asyncio
import sys

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_session import SESSION_KEY, Session, get_session, session_middleware

from satchel.settings import read_settings
from satchel_site.app import make_app
from satchel_site.serving import served, wait_for_end
from tests.native.folder_sessions import FolderSessions


@web.middleware
async def count_visits(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keep what the application has to keep, in the session that it shares with the site."""
    if request.path.startswith(("/s/", "/healthz/")):
        return await handler(request)
    session = await get_session(request)
    session["visits"] = session.get("visits", 0) + 1
    response = await handler(request)
    if type(request[SESSION_KEY]) is not Session:
        raise RuntimeError("The site has put something else in place of the session.")
    return response


async def serve(folder: str, settings: str, port: int) -> None:
    """Serve the site with the application's own middlewares outside of all of its."""
    app = make_app(read_settings(settings))
    app.middlewares.insert(0, session_middleware(FolderSessions(folder, cookie_name="theirs")))
    app.middlewares.insert(1, count_visits)
    async with served(app, "127.0.0.1", port):
        await wait_for_end()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
