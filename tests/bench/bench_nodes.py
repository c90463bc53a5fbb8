"""People who read their mail all at once, on one node and on three behind HAProxy.

Three nodes can be faster only where there are processors for them.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack

from aiohttp import ClientSession, CookieJar

from tests.bench import Latency, Measurement
from tests.bench.visitor import TOKEN
from tests.cluster.cluster import run_cluster
from tests.cluster.ground import prepare_ground
from tests.cluster.stores import on_stores
from tests.servers.account import Account
from tests.servers.certificates import issue_certificates
from tests.servers.databases import postgresql_pair
from tests.servers.dovecot import Dovecot
from tests.servers.folder import open_server_folder
from tests.servers.ports import LOOPBACK
from tests.servers.postfix import Postfix
from tests.servers.site import usual_settings

COUNTS, PEOPLE = (1, 3), 12
WARM_UP, SECONDS = 2.0, 8.0
PATHS = ("/m/INBOX", "/settings", "/m/Sent")


def measure() -> Iterator[Measurement | Latency]:
    """The same people for the same time, first on one node, then on three."""
    took = {}
    with ExitStack() as stack:
        folders = [stack.enter_context(open_server_folder("bench")) for _ in range(3)]
        certificates = issue_certificates(folders[0])
        dovecot = stack.enter_context(Dovecot(folders[1], certificates))
        postfix = stack.enter_context(Postfix(folders[2], dovecot))
        accounts = dovecot.add_accounts(f"p{number}" for number in range(PEOPLE))
        pair = stack.enter_context(postgresql_pair(certificates))
        ground = stack.enter_context(prepare_ground(lambda: pair))
        settings_of = on_stores(
            ground, "db", "database", usual_settings(folders[0], dovecot, postfix)
        )
        for count in COUNTS:
            with run_cluster(settings_of, count) as cluster:
                base = f"http://{LOOPBACK}:{cluster.port}"
                took[count] = asyncio.run(visit(base, accounts))
            nodes = "one node" if count == 1 else f"{count} nodes"
            yield Latency(f"{nodes}: a page for {PEOPLE} people at once", took[count])
    one, three = (SECONDS / len(took[count]) for count in COUNTS)
    yield Measurement("three nodes: seconds of all for a page", three, "one node", one)


async def visit(base: str, accounts: list[Account]) -> list[float]:
    """How long each page took that anybody opened; every one of them has to come."""
    begin = time.perf_counter() + WARM_UP
    people = (read_mail(base, account, begin) for account in accounts)
    return [seconds for each in await asyncio.gather(*people) for seconds in each]


async def read_mail(base: str, account: Account, begin: float) -> list[float]:
    """Sign in, and open one page after another; those of the warm-up are not counted."""
    found = list[float]()
    async with ClientSession(base, cookie_jar=CookieJar(unsafe=True)) as browser:
        async with browser.get("/sign-in") as page:
            token = TOKEN.search(await page.text())
        assert token is not None
        form = {"csrf": token[1], "address": account.address, "password": account.password}
        async with browser.post("/sign-in", data={**form, "next": "/settings"}) as page:
            assert page.status == 200
        while (now := time.perf_counter()) < begin + SECONDS:
            async with browser.get(PATHS[len(found) % 3], allow_redirects=False) as page:
                await page.read()
                assert page.status == 200, f"{page.url}: {page.status}"
            if now > begin:
                found.append(time.perf_counter() - now)
    return found
