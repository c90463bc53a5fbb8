"""A site with all that it needs, as a process of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.bench.sink import Sink
from tests.bench.visitor import Visitor
from tests.servers.account import Account
from tests.servers.certificates import issue_certificates
from tests.servers.dovecot import Dovecot
from tests.servers.folder import open_server_folder
from tests.servers.site import Site, usual_settings

ROOM = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Served:
    """A node, somebody who has signed in to it, and the servers behind it."""

    site: Site
    visitor: Visitor
    account: Account
    dovecot: Dovecot
    sink: Sink


@contextmanager
def serve_site() -> Iterator[Served]:
    """Start a site that takes files of any size, and sign in."""
    with ExitStack() as stack:
        folders = [stack.enter_context(open_server_folder("bench")) for _ in range(4)]
        certificates = issue_certificates(folders[0])
        dovecot = stack.enter_context(Dovecot(folders[1], certificates))
        account = dovecot.add_account("ana")
        sink = stack.enter_context(Sink(certificates))
        settings = usual_settings(folders[2], dovecot, sink) | {
            "max_message_size": ROOM,
            "session_storage": "satchel_hookspecs:MemorySessions",
        }
        site = stack.enter_context(Site(folders[3], settings))
        visitor = stack.enter_context(Visitor(site.url))
        visitor.sign_in(account)
        yield Served(site, visitor, account, dovecot, sink)
