"""Opens a pool of threads with the host, and closes it with the host."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from satchel_hookspecs import PluginContext, hookimpl


class Threads:
    pool: ThreadPoolExecutor

    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.ctx = ctx

    @hookimpl
    @asynccontextmanager
    async def plugin_lifespan(self, ctx: PluginContext) -> AsyncIterator[None]:
        with ThreadPoolExecutor(2, thread_name_prefix=ctx.name) as self.pool:
            yield
