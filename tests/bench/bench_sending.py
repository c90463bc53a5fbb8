"""A message with large attachments on its way to the mail server and into the Sent folder."""

import json
import re
import secrets
from collections.abc import Iterator
from itertools import repeat
from time import perf_counter

from tests.bench import MEGABYTE, Growth, Measurement
from tests.bench.growth import watch_memory
from tests.bench.served import Served, serve_site
from tests.bench.wire import send_plainly

PIECE = secrets.token_bytes(MEGABYTE)
FILES, SIZE = 4, 50
ROOM = 32 * MEGABYTE
HIDDEN = re.compile(r'name="(version|send_id)" value="([^"]+)"')


def measure() -> Iterator[Measurement | Growth]:
    """Send one message; its copy goes to a real IMAP server before the page answers."""
    with serve_site() as served:
        draft = served.visitor.begin_draft()
        ids = [_attach(served, draft) for _ in range(FILES)]
        fields = dict(HIDDEN.findall(served.visitor.get(draft)))
        letter = {"to": served.account.address, "subject": "Films", "text": "See attached."}
        with watch_memory(served.site.pid) as watched:
            begun = perf_counter()
            served.visitor.post(draft, **fields, **letter, file=ids, do="send")
            seconds = perf_counter() - begun
        assert served.sink.taken > FILES * SIZE * MEGABYTE
        assert served.dovecot.mailbox(served.account.address).count("Sent") == 1
        plainly = send_plainly(served.sink, repeat(PIECE, FILES * SIZE))
    sent = f"{FILES * SIZE} MB of attachments"
    yield Measurement(f"send of {sent}, copy included", seconds, "base64 into a socket", plainly)
    yield Growth(f"send of {sent}: the site", watched.growth, ROOM)


def _attach(served: Served, draft: str) -> str:
    path = f"{draft}/files/{secrets.token_hex(16)}"
    row = json.loads(served.visitor.put(path, SIZE * MEGABYTE, repeat(PIECE, SIZE)))
    return str(row["id"])
