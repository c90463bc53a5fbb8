"""The pages of the hooks are whole and current, and their examples run in a host."""

import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from inspect import getmembers, iscoroutinefunction
from itertools import count
from pathlib import Path

import pytest
from tools.hook_examples import PACKAGE, as_settings, example_class, example_names
from tools.hook_pages import PAGES, SPECS, UPDATE, hooks_of, pages

from satchel import settings_from
from satchel.plugins.hook import hooks_of as hooks_of_host
from satchel.plugins.inventory import read_inventory
from satchel.plugins.lifespan import Running, running
from satchel.plugins.plugins import assemble
from satchel.plugins.relay import Hooks
from satchel.plugins.slots import PLATFORM_HOOK
from tests.contract.walk import walk_attachments, walk_sessions

ROOT = Path(__file__).parents[2]
DECLARED = re.compile(r"@hookspec\(\"\w+\"\)\s+(?:async )?def (\w+)")
USERDATA = [name for name in example_names() if example_class(name) is None]
PLUGINS = sorted({*example_names()} - {*USERDATA})


@asynccontextmanager
async def host(folder: Path, settings: Mapping[str, object]) -> AsyncIterator[Running]:
    """A host over stores in memory, or those that the settings name."""
    usual = {
        "secret": secrets.token_urlsafe(48),
        "session_storage": "satchel_hookspecs:MemorySessions",
        "record_storage": "satchel_hookspecs:MemorySessions",
        "attachment_storage": "satchel_hookspecs:MemoryAttachments",
        "temp_dir": str(folder),
    }
    plugins = assemble(settings_from({**usual, **settings}), read_inventory())
    async with running(plugins, 30) as here:
        yield here


def database(folder: Path) -> dict[str, object]:
    """Settings of a host that keeps what users keep."""
    return {"plugins": ["userdata"], "db_dsnw": f"sqlite:///{folder / 'mail.db'}"}


async def furnish(hooks: Hooks, owner: str) -> None:
    """Give somebody two identities and a group."""
    for name in ("Anna", "Sales"):
        await hooks.userdata_identity_save(owner=owner, name=name, address=f"{name}@example.org")
    await hooks.userdata_group_save(owner=owner, name="Band")


def test_the_pages_say_what_the_contract_says() -> None:
    written = {path.name: path.read_text() for path in PAGES.iterdir()}

    assert sorted(written) == sorted(pages())
    stale = [name for name, text in pages().items() if written[name] != text]
    assert stale == [], f"Type: {UPDATE}"


def test_every_hook_that_is_declared_somewhere_has_a_page_and_an_example() -> None:
    sources = [*ROOT.glob("*/src/**/*.py"), *ROOT.glob("contrib_plugins/*/src/**/*.py")]
    declared = {name for path in sources for name in DECLARED.findall(path.read_text())}

    assert declared == {hook.name for specs in SPECS for hook in hooks_of(specs)}
    assert declared == {*example_names()}


@pytest.mark.parametrize("hook", PLUGINS)
async def test_the_plugin_of_a_page_takes_part_and_does_no_harm(hook: str, tmp_path: Path) -> None:
    plugin = example_class(hook)
    assert plugin is not None
    settings = as_settings(plugin, f"{PACKAGE}.{hook}:{plugin.__name__}")
    if hook.startswith("userdata_"):
        settings = database(tmp_path) | settings
    async with host(tmp_path, settings) as here:
        [label] = [one.label for one in here.active if type(one.instance) is plugin]
        assert label in str(hooks_of_host(here.plugins.registered)[hook].chain)
        if hook != PLATFORM_HOOK:
            assert await walk_sessions(here.plugins.hooks) == b"2"
        assert await walk_attachments(here.plugins.hooks) == ["letter.txt", "dear.txt"]
        assert {one.health.state for one in (await here.health()).plugins} <= {"ok"}


async def test_every_page_of_userdata_shows_a_call_that_works(tmp_path: Path) -> None:
    async with host(tmp_path, database(tmp_path)) as here:
        for owner, hook in zip(map("{:032x}".format, count()), USERDATA, strict=False):
            await furnish(here.plugins.hooks, owner)
            called = Recorder(here.plugins.hooks)
            module = import_module(f"{PACKAGE}.{hook}")
            for _, function in getmembers(module, iscoroutinefunction):
                await function(called, owner)
            assert hook in called.names
    assert len(USERDATA) > 20


class Recorder:
    """Hooks that note the names of those which were called."""

    def __init__(self, hooks: object) -> None:
        self.names = set[str]()
        self._hooks = hooks

    def __getattr__(self, name: str) -> object:
        self.names.add(name)
        return getattr(self._hooks, name)
