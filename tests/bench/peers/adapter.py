"""How the harness uses satchel: one instance is one person with cookies of their own."""

import hashlib
import re
import secrets

import aiohttp

# The harness puts its own module where this finds it; there is none to check against here.
from webmail_bench import Adapter, OpError  # type: ignore[import-not-found]

from tests.bad_input.visitor import VERSION
from tests.bench.visitor import TOKEN
from tests.cluster.traveller import MESSAGE, NAMES
from tests.servers.account import name_account

PROBLEM = re.compile(r'role="alert">.*?<p>(.*?)</p>', re.DOTALL)


class SatchelAdapter(Adapter):  # type: ignore[misc]  # untyped, as its module is
    """Each method raises ``OpError`` when the site says that it could not.

    As in a browser, the page of a draft is loaded once; it learns of each file that was kept.
    """

    def __init__(self, base: str) -> None:
        super().__init__(base)
        self.token = ""
        self.versions: dict[str, str] = {}
        self.names: dict[str, str] = {}

    async def login(self, user: str, password: str) -> None:
        account = name_account(user)
        form = {"address": account.address, "password": account.password, "next": "/"}
        form["csrf"] = self._token(await self._get("/sign-in"))
        await self._post("/sign-in", form)
        self.token = self._token(await self._get("/settings"))

    async def list_inbox(self) -> list[str]:
        return await self._list("INBOX")

    async def browse(self, mailbox: str) -> None:
        await self._list(mailbox)

    async def open_message(self, uid: str) -> int:
        return len(await self._get(uid))

    async def keepalive(self) -> None:
        async with self.http.get(f"{self.base}/", allow_redirects=False) as answer:
            await answer.read()
            if answer.status != 303 or "/sign-in" in answer.headers["Location"]:
                raise OpError(f"keepalive: {answer.status}")

    async def compose(self) -> str:
        async with self.http.get(f"{self.base}/compose", allow_redirects=False) as answer:
            await answer.read()
            where: str = answer.headers.get("Location", "")
            if answer.status != 303 or not where.startswith("/compose/"):
                raise OpError(f"compose: {answer.status} {where}")
        version = VERSION.search(await self._get(where))
        if version is None:
            raise OpError("compose: the draft has no form")
        self.versions[where] = version[1]
        return where

    async def upload(self, comp: str, name: str, data: bytes) -> str:
        headers = {
            "X-CSRF-Token": self.token,
            "Accept": "application/json",
            "Content-Type": "application/octet-stream",
            "X-Filename": name,
        }
        path = f"{self.base}{comp}/files/{secrets.token_hex(16)}"
        async with self.http.put(path, data=data, headers=headers) as answer:
            if answer.status != 201:
                raise OpError(f"upload: {answer.status} {(await answer.text())[:300]}")
            told = await answer.json()
        if told["sha256"] != hashlib.sha256(data).hexdigest():
            raise OpError("upload: other bytes were kept")
        self.names[told["id"]] = name
        return str(told["id"])

    async def compose_attachments(self, comp: str) -> list[str]:
        return NAMES.findall((await self._get(comp)).partition("<template")[0])

    async def send(
        self, comp: str, to: str, subject: str, body: str, attachment_ids: list[str]
    ) -> None:
        form = aiohttp.FormData(default_to_multipart=True)
        fields = {"csrf": self.token, "version": self.versions[comp], "to": to, "subject": subject}
        for name, value in {**fields, "message": body, "do": "send"}.items():
            form.add_field(name, value)
        for id in attachment_ids:
            form.add_field("file", id)
            form.add_field(f"name-{id}", self.names[id])
        await self._post(comp, form)

    async def logout(self) -> None:
        await self._post("/sign-out", {"csrf": self.token})

    async def _list(self, folder: str) -> list[str]:
        return list(dict.fromkeys(MESSAGE.findall(await self._get(f"/m/{folder}"))))

    async def _get(self, path: str) -> str:
        async with self.http.get(self.base + path, allow_redirects=False) as answer:
            page: str = await answer.text()
            if answer.status != 200:
                raise OpError(f"GET {path}: {answer.status}")
            return page

    async def _post(self, path: str, form: object) -> None:
        url = self.base + path
        async with self.http.post(url, data=form, allow_redirects=False) as answer:
            page = await answer.text()
            if answer.status != 303:
                told = PROBLEM.search(page)
                raise OpError(f"POST {path}: {answer.status} {told[1].strip() if told else ''}")

    @staticmethod
    def _token(page: str) -> str:
        found = TOKEN.search(page)
        if found is None:
            raise OpError("a page without a token")
        return found[1]
