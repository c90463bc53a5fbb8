"""The host: settings, plugins and services of one application, from start to end."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from satchel.attachments import AttachmentService
from satchel.neighbours import Neighbours
from satchel.plugins.health import HealthReport
from satchel.plugins.inventory import Inventory, read_inventory
from satchel.plugins.lifespan import Running, running
from satchel.plugins.plugins import Plugins, assemble
from satchel.plugins.relay import Hooks
from satchel.plugins.sweep import sweep_forever
from satchel.sending import Drafts
from satchel.services import Mail, Services, join
from satchel.sessions import Throttle
from satchel.settings import Settings

MINUTE = 60


class Host:
    """What an application has of satchel; its hooks may be called while it is ``started``."""

    def __init__(self, settings: Settings, inventory: Inventory | None = None) -> None:
        """Check all that needs no running plugin; ``StartupError`` with all that is wrong."""
        self.settings = settings
        self.plugins: Plugins = assemble(settings, inventory or read_inventory())
        self.services: Services = join(settings, self.plugins)
        self._running: Running | None = None

    @property
    def hooks(self) -> Hooks:
        """Every hook, as an async callable that takes its arguments by keyword."""
        return self.plugins.hooks

    @property
    def attachments(self) -> AttachmentService:
        """The attachments of all owners."""
        return self.services.attachments

    @property
    def drafts(self) -> Drafts:
        """The drafts of all owners."""
        return self.services.drafts

    @property
    def mail(self) -> Mail:
        """The ways to the mail servers."""
        return self.services.mail

    @property
    def throttle(self) -> Throttle:
        """What slows down guessing of passwords."""
        return self.services.throttle

    @asynccontextmanager
    async def started(self) -> AsyncIterator["Host"]:
        """Start the plugins and sweep in the background; end them all when left."""
        async with (
            running(self.plugins, self.settings.start_timeout) as self._running,
            self.services.running(),
        ):
            sweeping = asyncio.create_task(
                sweep_forever(self.plugins, self.settings.gc_interval * MINUTE)
            )
            neighbours = Neighbours(
                self.services.records, self._running.active, self.settings.node, time.time
            )
            watching = asyncio.create_task(neighbours.watch())
            try:
                yield self
            finally:
                sweeping.cancel()
                watching.cancel()
                await asyncio.wait({sweeping, watching})
                self._running = None

    async def health(self) -> HealthReport:
        """Say how every plugin is; before the start, and after the end, the host has failed."""
        return await self._running.health() if self._running else HealthReport("failed", ())
