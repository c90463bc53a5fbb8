"""The plugin over databases in a private folder, called as the host calls it."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from satchel_database import DatabaseConfig
from satchel_database.moved import MovedDatabase
from satchel_hookspecs import PluginContext
from satchel_userdata import Suggestion, Userdata, UserdataSpecs

ANNA, BERT = "a" * 32, "b" * 32


BEGIN = 1_800_000_000.0


class Clock:
    """A clock that ticks when it is read, and otherwise is moved by the test."""

    def __init__(self) -> None:
        self.now = BEGIN

    @property
    def moved(self) -> float:
        """How far a server's clock is moved with it."""
        return self.now - BEGIN

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


@dataclass
class Source:
    """Another source of contacts."""

    answer: Callable[[], Awaitable[Sequence[Suggestion]]]


def hooks_of(plugin: Userdata, sources: Sequence[Source]) -> Any:
    """The plugin's hooks, with the defaults of their specs filled in."""
    hooks = SimpleNamespace()
    for name, spec in vars(UserdataSpecs).items():
        if name.startswith("userdata_") and hasattr(plugin, name):
            setattr(hooks, name, _hook(spec, getattr(plugin, name)))

    async def search(owner: str, text: str, limit: int) -> Sequence[Sequence[Suggestion]]:
        return [await source.answer() for source in sources]

    hooks.userdata_contacts_search = search
    return hooks


def _hook(spec: Any, function: Any) -> Any:
    parameters = signature(spec).parameters.values()
    defaults = {each.name: each.default for each in parameters if each.default is not each.empty}
    return lambda *owner, **given: function(
        **dict(zip(["owner"], owner, strict=False)), **{**defaults, **given}
    )


@pytest.fixture
def dsns(tmp_path: Path) -> tuple[str, str]:
    """The writer and the reader."""
    return f"sqlite:///{tmp_path}/mail.db", ""


@pytest.fixture
def prefix(tmp_path: Path) -> str:
    """What keeps the tables of this test apart from those of others in the same database."""
    return f"t{sha256(str(tmp_path).encode()).hexdigest()[:12]}_"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sources() -> list[Source]:
    return []


@pytest.fixture
async def open_hooks(
    dsns: tuple[str, str], prefix: str, clock: Clock, sources: list[Source]
) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    async with AsyncExitStack() as stack:

        async def open_one(**options: Any) -> Any:
            config = DatabaseConfig(*dsns, db_prefix=prefix, deadline=20)
            keys, logger = (b"k" * 32,), logging.getLogger("satchel.plugins.test")
            ctx = PluginContext("database", "node", clock, logger, keys, {}, None)
            database = MovedDatabase(config, ctx)
            await stack.enter_async_context(database.plugin_lifespan(ctx))
            hooks = SimpleNamespace()
            plugins = {"database": database}
            using = replace(ctx, name="userdata", plugins=plugins, hooks=hooks)
            plugin = Userdata(Userdata.Config(**options), using)
            await stack.enter_async_context(plugin.plugin_lifespan(using))
            vars(hooks).update(vars(hooks_of(plugin, sources)))
            hooks.database = database
            return hooks

        yield open_one


@pytest.fixture
async def hooks(open_hooks: Callable[..., Awaitable[Any]]) -> Any:
    return await open_hooks()
