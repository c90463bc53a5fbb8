"""A session store in memory with a clock that is moved by hand, and what stands on it."""

import logging
from collections import Counter
from dataclasses import dataclass, field

import pytest

from satchel.sessions import KeyRing, Lifetimes, Records, Session, Sessions
from satchel_hookspecs import MemorySessions, PluginContext, Unavailable

SECRET = "a secret of the tests, long enough to be one"
LIFETIMES = Lifetimes(idle=600, absolute=7200, kept=86400)


@dataclass
class Clock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Hooks:
    """The session hooks of one store, as the relay has them; it counts, and can be down."""

    def __init__(self, store):
        self.store = store
        self.calls = Counter()
        self.events = []
        self.down = set()

    def __getattr__(self, name):
        async def call(**arguments):
            self.calls[name] += 1
            if name in self.down:
                raise Unavailable("The store does not answer.")
            if name in ("session_created", "session_destroyed"):
                self.events.append((name, arguments))
                return None
            return await getattr(self.store, name)(**arguments)

        return call


@dataclass
class House:
    """One installation: any number of nodes over one store."""

    clock: Clock = field(default_factory=Clock)
    lifetimes: Lifetimes = LIFETIMES

    def __post_init__(self):
        logger = logging.getLogger("test")
        context = PluginContext("memory", "node-1", self.clock, logger, (), {}, None)
        self.store = MemorySessions(None, context)
        self.hooks = Hooks(self.store)
        self.secret = SECRET
        self.keyring = KeyRing([SECRET])
        self.records = Records(self.hooks, self.keyring)
        self.sessions = self.node()

    def node(self, clock=None, keyring=None, **options):
        keyring = keyring or self.keyring
        records = Records(self.hooks, keyring)
        return Sessions(
            self.hooks, records, keyring, clock or self.clock, self.lifetimes, **options
        )

    async def open(self, cookie="", node=None, label="a browser"):
        return await Session.open(node or self.sessions, cookie, label)

    async def sign_in(self, owner="anna", /, keep=False, node=None, **values):
        """Sign somebody in and return the cookie."""
        session = await self.open(node=node)
        await session.sign_in(owner, keep)
        session.update(values)
        assert await session.save()
        return session.cookie.value

    async def values(self, cookie, node=None):
        return dict(await self.open(cookie, node))


@pytest.fixture
def house():
    return House()


@pytest.fixture
def clock(house):
    return house.clock
