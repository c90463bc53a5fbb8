"""The sweep: what is over its time is deleted, off the path of any request."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from satchel.plugins.deadline import within
from satchel.plugins.plugins import Plugins
from satchel_hookspecs import GcReport, StoreError

log = logging.getLogger(__name__)
LIMIT = 500
ROUNDS = 100
DEADLINE = 300.0


@dataclass(frozen=True, slots=True)
class Swept:
    """How many of each were deleted."""

    records: int
    sessions: int
    attachments: int


async def sweep(plugins: Plugins) -> Swept:
    """Delete what is over its time: records first, for they may hold on to attachments."""
    hooks, records = plugins.hooks, plugins.records
    own = await _drained(records.session_gc) if plugins.has_record_store else 0
    sessions = await _drained(hooks.session_gc) if not plugins.is_on_platform else 0

    async def attachments(limit: int) -> GcReport:
        report: GcReport = await hooks.attachment_gc(limit=limit)
        for ref in report.refs:
            await hooks.attachment_deleted(ref=ref, reason="expired")
        return report

    return Swept(own, sessions, await _drained(attachments))


async def sweep_forever(plugins: Plugins, interval: float) -> None:
    """Sweep every ``interval`` seconds or so, at other moments on every node."""
    while True:
        await asyncio.sleep(interval * random.uniform(0.5, 1.5))  # noqa: S311 # no secret
        try:
            await within(DEADLINE, sweep(plugins))
        except (StoreError, TimeoutError) as error:
            log.warning("the sweep was cut short: %s", error)
        except Exception:
            log.exception("the sweep failed")


async def _drained(gc: Callable[..., Awaitable[GcReport]]) -> int:
    removed = 0
    for _ in range(ROUNDS):
        report = await gc(limit=LIMIT)
        removed += report.removed
        if not report.more:
            break
    return removed
