"""Somebody who uses the site without script."""

import re
from dataclasses import dataclass

from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestClient

from satchel_site.demo.servers import DemoMail

TOKEN = re.compile(r'name="csrf" (?:content|value)="([^"]+)"')
GROUP = re.compile(r"/compose/([0-9a-f]{32})")


@dataclass
class Visitor:
    """Somebody who clicks on links and sends forms."""

    client: TestClient
    mail: DemoMail
    token: str = ""

    async def get(self, path: str, **options: object) -> ClientResponse:
        """Open a page; follow where it leads."""
        return await self.client.get(path, **options)

    async def post(self, path: str, **fields: str) -> ClientResponse:
        """Send a form from one of our pages, without following the answer."""
        return await self.client.post(
            path, data={"csrf": self.token, **fields}, allow_redirects=False
        )

    async def sign_in(self, who: int = 0) -> None:
        """Sign in as one of the demo's people, and note the new token."""
        account = self.mail.accounts[who]
        await self.take_token("/sign-in")
        answer = await self.post("/sign-in", address=account.address, password=account.password)
        assert 303 == answer.status, await answer.text()
        await self.take_token("/settings")

    async def take_token(self, path: str) -> str:
        """Open a page, note its token and return its text."""
        text = await (await self.get(path)).text()
        found = TOKEN.search(text)
        assert found, text
        self.token = found[1]
        return text

    async def compose(self) -> str:
        """Begin a draft and return the address of its page."""
        answer = await self.client.get("/compose", allow_redirects=False)
        return answer.headers["Location"]

    async def put(self, url: str, data: object, **headers: str) -> ClientResponse:
        """Send a file as the page's script does."""
        standing = {
            "X-CSRF-Token": self.token,
            "Accept": "application/json",
            "Content-Type": "application/octet-stream",
            "X-Filename": "a.bin",
        }
        return await self.client.put(url, data=data, headers=standing | headers)

    async def send_parts(self, url: str, *parts: tuple[str, str, str | None]) -> ClientResponse:
        """Send a form with files: each part is a name, a value, and a filename or ``None``."""
        form = FormData(default_to_multipart=True)
        for name, value, filename in parts:
            form.add_field(name, value.encode() if filename else value, filename=filename)
        return await self.client.post(url, data=form, allow_redirects=False)
