"""The harness: one medium, and how the kit makes stores over it."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from satchel_hookspecs import PlatformSession, PluginContext
from satchel_testkit.clock import Clock
from satchel_testkit.installed import load_plugin
from satchel_testkit.options import Options, filled, make_config, merged
from satchel_testkit.relay import Hooks

Change = Callable[[int, bytes], bytes | None]
KEYS = (b"k" * 32,)


class Harness:
    """Extend it for a store that needs more than options, or to let the kit at its medium.

    The same folder and options are the same medium, also in another process. ``can`` names the
    methods below that work: what needs another one is skipped by name. ``deadline`` is how many
    seconds a call may take when the backend is down or hangs.
    """

    can: ClassVar[frozenset[str]] = frozenset({"move_clock"})
    deadline: ClassVar[float] = 5.0

    def __init__(self, store: type, label: str, folder: Path, options: Options) -> None:
        self.store = store
        self.label = label
        self.folder = folder
        self.clock = Clock()
        self._given = options

    def settings(self) -> Options:
        """What would stand in ``satchel.toml``; options given to the kit come in front."""
        return {"temp_dir": self.folder}

    @property
    def options(self) -> Options:
        """The settings with the options that were given to the kit, ``{folder}`` filled in."""
        return filled(merged(self.settings(), self._given), self.folder)

    @asynccontextmanager
    async def make(self, hooks: Hooks) -> AsyncIterator[object]:
        """A started store over the medium, another one each time, with all that it requires."""
        async with AsyncExitStack() as stack:
            yield await self.start(stack, self.store, self.label, hooks)

    async def start(self, stack: AsyncExitStack, plugin: type, label: str, hooks: Hooks) -> object:
        """Make a plugin with all that it requires, and enter their lifespans."""
        required: dict[str, object] = {}
        requires = getattr(plugin, "requires", ())
        if callable(requires):
            requires = requires(self.options.get(label, {}))
        for name in requires:
            needed = load_plugin("plugins", name)
            required[name] = await self.start(stack, needed, name, hooks)
        ctx = self.context(label, hooks, required)
        # Any: the plugin's class is known to take these two, by the contract
        made: Any = plugin
        instance = made(make_config(plugin, label, self.options), ctx)
        if hasattr(instance, "plugin_lifespan"):
            await stack.enter_async_context(instance.plugin_lifespan(ctx))
        return instance

    def context(
        self, label: str, hooks: Hooks, required: Mapping[str, object] | None = None
    ) -> PluginContext:
        """What a host hands to a plugin."""
        logger = logging.getLogger(f"satchel.plugins.{label}")
        return PluginContext(label, "node", self.clock, logger, KEYS, required or {}, hooks)

    # What a harness may be able to do besides

    def move_clock(self, seconds: float) -> None:
        """Let this many seconds pass, for the store and for its medium."""
        self.clock.moved += seconds

    def damage(self, change: Change) -> None:
        """Replace each kept frame of every attachment, on every copy, by what ``change`` returns.

        It is called with the frame's number in its piece and its bytes; ``None`` deletes it.
        """
        raise NotImplementedError

    def wipe(self) -> None:
        """Delete the bytes of every attachment on every copy, and leave what refers to them."""
        raise NotImplementedError

    def break_backend(self) -> None:
        """Let the medium fail at once, until ``heal_backend``."""
        raise NotImplementedError

    def hang_backend(self) -> None:
        """Let the medium not answer, until ``heal_backend``."""
        raise NotImplementedError

    def heal_backend(self) -> None:
        """Let the medium be as it was."""
        raise NotImplementedError

    def browser(self) -> "Browser":
        """A browser that has not been here before (capability ``platform``)."""
        raise NotImplementedError

    def forgets_old_cookies(self) -> None:
        """Nothing: in ``can`` it says that a cookie of before finds nothing (``platform``)."""


class Browser:
    """Sends requests one after another, with the cookies that the answers have left."""

    def request(self) -> object:
        """The next request, as the platform's framework hands it to a handler."""
        raise NotImplementedError

    async def answer(self, request: object, session: PlatformSession) -> None:
        """Answer the request: let the session be saved, as the host does, and take its cookies."""
        raise NotImplementedError

    def copy(self) -> "Browser":
        """Another browser with the cookies that this one has now, as a thief would have them."""
        raise NotImplementedError
