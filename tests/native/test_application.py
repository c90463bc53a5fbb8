"""An application that has sessions of its own: they are used as they are."""

from aiohttp import web
from aiohttp_session import SimpleCookieStorage

from tests.native.folder_sessions import FolderSessions
from tests.native.pages import QUIET, post, seen, serve_pages

pytestmark = QUIET


async def test_an_application_that_did_not_set_up_sessions_is_told_how(caplog):
    async with serve_pages(storage="application") as client, client.get("/") as answer:
        assert answer.status == 500

    assert "before satchel.setup(app, settings)" in caplog.text


async def test_an_application_with_sessions_of_its_own_leaves_the_storage_to_nobody(caplog):
    theirs = SimpleCookieStorage()
    async with serve_pages(theirs, storage="cookie") as client, client.get("/") as answer:
        assert answer.status == 500

    assert 'Write storage = "application"' in caplog.text


async def test_the_session_object_is_the_applications_own(tmp_path):
    held = []

    class Watched(FolderSessions):
        async def load_session(self, request: web.Request):
            held.append(await super().load_session(request))
            return held[-1]

        async def save_session(self, request, response, session):
            assert session is held[-1]
            await super().save_session(request, response, session)

    async with serve_pages(Watched(str(tmp_path), cookie_name="theirs")) as client:
        await post(client, "/theirs", "theirs")
        await post(client, "/set", "mine")

        assert (await seen(client))["theirs"] == {"text": "theirs"}
