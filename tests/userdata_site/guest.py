"""Somebody who uses the site by HTTP, one request after another."""

import html
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, CookieJar
from yarl import URL

from satchel_site.demo.accounts import DemoAccount

TOKEN = re.compile(r'name="csrf" (?:content|value)="([^"]+)"')
VERSION = re.compile(r'name="version" value="([^"]*)"')
MESSAGE = re.compile(r'<textarea id="message"[^>]*>\n(.*?)</textarea>', re.DOTALL)
FROM = re.compile(r'<option value="([^"]*)"[^>]*>([^<]*)</option>')
JSON = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The answer to a script."""
        return json.loads(self.text)

    @property
    def words(self) -> str:
        """The text of the page, as a person reads it."""
        flat = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", self.text, flags=re.DOTALL)
        return " ".join(html.unescape(flat).split())

    @property
    def message(self) -> str:
        """The text of the draft on a compose page."""
        found = MESSAGE.search(self.text)
        assert found, self.text
        return html.unescape(found[1])

    def value_of(self, field: str) -> str:
        """What stands in a field of a form."""
        found = re.search(rf'<input[^>]* name="{field}"[^>]*>', self.text)
        value = found and re.search(r' value="([^"]*)"', found[0])
        assert value, self.text
        return html.unescape(value[1])

    def ids(self, kind: str) -> list[str]:
        """The ids in the addresses of a kind of page, each once."""
        found = re.findall(rf'href="{kind}/([0-9a-f]{{16}})"', self.text)
        return list(dict.fromkeys(found))

    def senders(self) -> dict[str, str]:
        """The ids to choose from in From, by what is shown."""
        block = self.text.partition('<select class="input" id="from"')[2].partition("</select>")[0]
        return {html.unescape(shown): id for id, shown in FROM.findall(block)}


class Guest:
    """Somebody with a browser that runs no script."""

    def __init__(self, session: ClientSession, url: URL) -> None:
        self._session, self._url = session, url
        self.token = ""

    async def sign_in(self, account: DemoAccount) -> None:
        """Sign in and note the token."""
        self.token = _token(await self.get("/sign-in"))
        form = {"address": account.address, "password": account.password}
        assert (await self.post("/sign-in", **form)).status == 303
        self.token = _token(await self.get("/compose"))

    async def get(self, path: str, *, follow: bool = True, **headers: str) -> Answer:
        """Open a page."""
        return await self._ask("GET", path, headers, follow=follow)

    async def ask_json(self, path: str) -> Answer:
        """Ask as a script does."""
        return await self._ask("GET", path, JSON)

    async def post(self, path: str, *more: tuple[str, str], **fields: str) -> Answer:
        """Send a form; where it leads is not followed."""
        form = [("csrf", self.token), *fields.items(), *more]
        return await self._ask("POST", path, {}, form)

    async def post_json(self, path: str, **fields: str) -> Answer:
        """Send a form as a script does."""
        return await self._ask("POST", path, JSON, [("csrf", self.token), *fields.items()])

    async def write(self, draft: str, do: str, **fields: str) -> Answer:
        """Fill in the form of a draft and press a button."""
        return await self.post(draft, do=do, **await self._sheet(draft) | fields)

    async def write_json(self, draft: str, do: str, **fields: str) -> Answer:
        """Save a draft as the script does."""
        return await self.post_json(draft, do=do, **await self._sheet(draft) | fields)

    async def compose(self, query: str = "") -> str:
        """Begin a draft and return its address."""
        answer = await self.get(f"/compose{query}", follow=False)
        return answer.headers["Location"]

    async def _sheet(self, draft: str) -> dict[str, str]:
        page = await self.get(draft)
        shown = {name: page.value_of(name) for name in ("to", "cc", "bcc", "subject", "version")}
        return shown | {"message": page.message}

    async def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        form: list[tuple[str, str]] | None = None,
        *,
        follow: bool = False,
    ) -> Answer:
        url = self._url.join(URL(path, encoded=True))
        async with self._session.request(
            method, url, headers=headers, data=form, allow_redirects=follow
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.text())


@asynccontextmanager
async def visiting(url: URL) -> AsyncIterator[Guest]:
    """Somebody with cookies of their own."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield Guest(session, url)


def _token(answer: Answer) -> str:
    found = TOKEN.search(answer.text)
    assert found, answer.text
    return found[1]
