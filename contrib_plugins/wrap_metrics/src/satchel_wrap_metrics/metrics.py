"""The measuring wrapper: around every hook of sessions and attachments that a store answers."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from prometheus_client import REGISTRY

from satchel_hookspecs import (
    Attachment,
    AttachmentReader,
    Block,
    PluginContext,
    Progress,
    Stage,
    hookimpl,
)
from satchel_wrap_metrics.counts import Counting
from satchel_wrap_metrics.exposition import OWN
from satchel_wrap_metrics.meters import meters

# Any: it stands around hooks of every signature, and hands on what it does not look at.
Next = Callable[..., Awaitable[Any]]


def measured(hook: str) -> Callable[..., Awaitable[Any]]:
    """A wrapper of this hook that only counts and times it."""

    @hookimpl(around=True)
    async def measure(self: "Metrics", *, call_next: Next, store: str) -> Any:
        with self.meters.call(hook, store):
            return await call_next()

    measure.__name__ = hook
    return measure


class Metrics:
    """Counts calls and errors, times calls, and adds up the bytes of attachments."""

    stage: ClassVar[Stage | None] = "observe"

    @dataclass(frozen=True)
    class Config:
        """``registry``: "own", or "default" for the one of prometheus_client.

        ``counters`` names plugins whose own counts are shown, too.
        """

        registry: Literal["own", "default"] = "own"
        counters: tuple[str, ...] = ()

    @classmethod
    def requires(cls, options: Mapping[str, object]) -> tuple[str, ...]:
        """The plugins whose counts are shown."""
        names = options.get("counters", ())
        if isinstance(names, str):
            names = [name.strip() for name in names.split(",")]
        return tuple(names) if isinstance(names, list | tuple) else ()

    def __init__(self, config: Config, ctx: PluginContext) -> None:
        self.meters = meters(OWN if config.registry == "own" else REGISTRY)
        self._counting = {name: _counting(name, ctx.plugins) for name in config.counters}

    @hookimpl
    @asynccontextmanager
    async def plugin_lifespan(self, ctx: PluginContext) -> AsyncIterator[None]:
        with self.meters.counts.showing(self._counting):
            yield

    session_read = measured("session_read")
    session_write = measured("session_write")
    session_touch = measured("session_touch")
    session_destroy = measured("session_destroy")
    session_list = measured("session_list")
    session_gc = measured("session_gc")
    session_platform = measured("session_platform")
    attachment_seal = measured("attachment_seal")
    attachment_stat = measured("attachment_stat")
    attachment_list = measured("attachment_list")
    attachment_rename = measured("attachment_rename")
    attachment_delete = measured("attachment_delete")
    attachments_touch = measured("attachments_touch")
    attachments_cleanup = measured("attachments_cleanup")
    attachment_usage = measured("attachment_usage")
    attachment_gc = measured("attachment_gc")

    @hookimpl(around=True)
    async def attachment_upload(
        self, blocks: AsyncIterator[Block], *, call_next: Next, store: str
    ) -> Progress:
        with self.meters.call("attachment_upload", store):
            async with aclosing(self._counted(blocks, "in", store)) as counted:
                progress: Progress = await call_next(blocks=counted)
                return progress

    @hookimpl(around=True)
    async def attachment_get(self, *, call_next: Next, store: str) -> AttachmentReader | None:
        async def outgoing(
            attachment: Attachment, blocks: AsyncIterator[Block]
        ) -> AsyncGenerator[Block, None]:
            with self.meters.failing("attachment_get", store):
                async with aclosing(self._counted(blocks, "out", store)) as counted:
                    async for block in counted:
                        yield block

        with self.meters.call("attachment_get", store):
            reader: AttachmentReader | None = await call_next()
            return None if reader is None else reader.through(outgoing)

    async def _counted(
        self, blocks: AsyncIterator[Block], direction: str, store: str
    ) -> AsyncGenerator[Block, None]:
        taken = self.meters.bytes.labels(direction, store)
        async for block in blocks:
            taken.inc(block.size)
            yield block


def _counting(name: str, plugins: Mapping[str, object]) -> Counting:
    plugin = plugins.get(name)
    if not isinstance(plugin, Counting):
        raise ValueError(f'the plugin "{name}" has no counts to show')
    return plugin
