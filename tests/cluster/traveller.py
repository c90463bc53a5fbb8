"""Somebody whose every request may be answered by another node."""

import hashlib
import re
from collections.abc import Sequence
from typing import Self
from urllib.parse import quote

from tests.bad_input.answer import Answer
from tests.bad_input.visitor import FILE, VERSION, Visitor
from tests.servers.site import Site

KEPT = re.compile(r'name="(send_id|name-[0-9a-f]+)" value="([^"]+)"')
NAMES = re.compile(r'<span class="name" dir="auto">([^<]*)</span>')
MESSAGE = re.compile(r'href="(/m/[^/"]+/[0-9]+-[0-9]+)')


class Traveller(Visitor):
    """A person without a browser; each request has a connection of its own."""

    def at(self, node: Site) -> Self:
        """The same person, who asks one node past the balancer."""
        other = self.clone()
        other.port = node.port
        return other

    def list_folder(self, folder: str = "INBOX") -> list[str]:
        """Return the addresses of the messages that a folder shows."""
        answer = self.get(f"/m/{quote(folder)}")
        assert answer.status == 200, answer.text
        return list(dict.fromkeys(MESSAGE.findall(answer.text)))

    def upload_in_pieces(self, draft: str, pieces: Sequence[bytes], name: str, token: str) -> str:
        """Attach a file by several requests, the first cut off in its middle; return its address.

        Each goes on where the site says that the one before has ended.
        """
        content, address = b"".join(pieces), f"{draft}/files/{token}"
        offset = self._cut_off(address, name, pieces[0], len(content))
        while True:
            answer = self.patch(address, str(offset), content[offset : offset + len(pieces[1])])
            assert answer.status in {200, 409}, answer.text
            if answer.status == 200 and answer.json["sealed"]:
                break
            offset = int(answer.headers.get("Upload-Offset") or answer.json["offset"])
        assert answer.json["sha256"] == hashlib.sha256(content).hexdigest()
        return f"{draft}/files/{answer.json['id']}"

    def list_files(self, draft: str) -> list[str]:
        """Return the names of the attachments that the page of a draft shows."""
        answer = self.get(draft)
        assert answer.status == 200, answer.text
        return NAMES.findall(answer.text.partition("<template")[0])

    def rename(self, file: str, name: str) -> None:
        """Give an attachment another name."""
        answer = self.post(f"{file}/rename", ("filename", name))
        assert answer.status == 303, answer.text

    def remove(self, file: str) -> None:
        """Take an attachment off again."""
        assert self.ask("DELETE", file, self.upload_headers()).status == 204

    def send_draft(self, draft: str, to: str, subject: str) -> Answer:
        """Fill in the draft as its page shows it, and click on Send."""
        fields = (("to", to), ("subject", subject), ("message", "Here."))
        return self.write(draft, "send", *fields)

    def click(self, shown: str, draft: str, do: str, *fields: tuple[str, str]) -> Answer:
        """Press a button of a page that was shown before, with all that its form holds."""
        [version] = VERSION.findall(shown)
        files = [("file", id) for id in FILE.findall(shown)]
        return self.post(
            draft, ("version", version), *files, *KEPT.findall(shown), *fields, ("do", do)
        )

    def sign_out(self) -> None:
        """Sign out as the page's button does."""
        assert self.post("/sign-out").status == 303

    def _cut_off(self, address: str, name: str, piece: bytes, size: int) -> int:
        """Begin an upload and hang up, until the site knows of it; return how much is kept."""
        headers = self.upload_headers(X_Filename=name, Content_Length=str(size))
        while True:
            with self.opened("PUT", address, headers) as connection:
                connection.sendall(piece)
            answer = self.ask("HEAD", address, self.upload_headers())
            if answer.status == 200:
                return int(answer.headers["Upload-Offset"])
