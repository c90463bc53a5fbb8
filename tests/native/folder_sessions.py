"""A storage of aiohttp-session that somebody else wrote: a file for each session."""

import secrets
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp_session import AbstractStorage, Session


class FolderSessions(AbstractStorage):
    """Keeps sessions in a folder, under the number in the cookie."""

    def __init__(self, folder: str, **cookie: Any) -> None:
        super().__init__(**cookie)
        self._folder = Path(folder)
        self._folder.mkdir(exist_ok=True)

    async def load_session(self, request: web.Request) -> Session:
        number = self.load_cookie(request) or ""
        file = self._folder / number
        if not number.isalnum() or len(number) != 32 or not file.exists():
            return Session(None, data=None, new=True, max_age=self.max_age)
        data = self._decoder(file.read_text())
        return Session(number, data=data, new=False, max_age=self.max_age)

    async def save_session(
        self, request: web.Request, response: web.StreamResponse, session: Session
    ) -> None:
        number = session.identity or secrets.token_hex(16)
        if session.empty:
            self.save_cookie(response, "")
            (self._folder / number).unlink(missing_ok=True)
            return
        (self._folder / number).write_text(self._encoder(self._get_session_data(session)))
        self.save_cookie(response, number, max_age=session.max_age)
