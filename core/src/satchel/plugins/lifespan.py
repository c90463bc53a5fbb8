"""The lifespan of all plugins: started in their order, ended in reverse."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import cast

from satchel.errors import Problem, StartupError
from satchel.plugins.active import Active
from satchel.plugins.health import HealthReport, check_health
from satchel.plugins.inventory import to_label
from satchel.plugins.loader import describe
from satchel.plugins.plugins import Plugins
from satchel.plugins.relay import compile_hooks

Lifespan = AbstractAsyncContextManager[None]
END_SECONDS = 30.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """The plugins that were started; ``skipped`` are the labels of those that were not."""

    plugins: Plugins
    active: tuple[Active, ...]
    skipped: tuple[Problem, ...]

    async def health(self) -> HealthReport:
        """Ask every plugin how it is."""
        reasons = [str(problem) for problem in self.skipped]
        return await check_health(self.active, self.plugins.registered, reasons)


@asynccontextmanager
async def running(plugins: Plugins, seconds: float) -> AsyncIterator[Running]:
    """Start every plugin, each within ``seconds``, and end them in reverse.

    None has more than half a minute to end.

    ``StartupError`` when one cannot start, or has failed right away, that the host needs.
    """
    async with AsyncExitStack() as stack:
        failed = await _start(plugins, stack, seconds)
        fatal = [fault for one, fault in failed if not one.optional]
        if fatal:
            raise StartupError(fatal)
        started = _leave_out(plugins, [one for one, _ in failed])
        skipped = (*plugins.skipped, *(fault for _, fault in failed))
        here = Running(plugins, started, skipped)
        await _refuse_failed(here)
        yield here


async def _start(
    plugins: Plugins, stack: AsyncExitStack, seconds: float
) -> list[tuple[Active, Problem]]:
    failed = dict[str, tuple[Active, Problem]]()
    for one in plugins.active:
        lost = [name for name in one.context.plugins if to_label("plugins", name) in failed]
        if lost:
            failed[one.label] = (one, Problem(f'"{one.label}" requires "{lost[0]}".'))
            continue
        try:
            await _enter(one, _lifespan(one, plugins), stack, seconds)
        except Exception as error:  # noqa: BLE001 # a plugin may raise anything
            failed[one.label] = (one, _not_started(one, error, seconds))
    return list(failed.values())


async def _enter(
    one: Active,
    lifespan: Lifespan | None,
    stack: AsyncExitStack,
    seconds: float,
) -> None:
    if lifespan is None:
        return
    async with asyncio.timeout(seconds):
        await lifespan.__aenter__()
    stack.push_async_callback(_leave, one, lifespan, min(seconds, END_SECONDS))


async def _leave(one: Active, lifespan: Lifespan, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await lifespan.__aexit__(None, None, None)
    except Exception:
        log.exception("plugin %r did not end cleanly", one.label)


def _lifespan(one: Active, plugins: Plugins) -> Lifespan | None:
    registered = plugins.registered
    for manager in (registered.manager, registered.record_manager):
        for impl in manager.hook.plugin_lifespan.get_hookimpls():
            if impl.plugin_name == one.label:
                arguments = {"ctx": one.context} if "ctx" in impl.argnames else {}
                return cast(Lifespan, impl.function(**arguments))  # what the spec says it returns
    return None


def _not_started(one: Active, error: Exception, seconds: float) -> Problem:
    cause = describe(error)
    if isinstance(error, TimeoutError):
        cause = f"it was not ready within {seconds:g} seconds; start_timeout can give it more"
    return Problem(f'"{one.label}" of {one.package} cannot start: {cause}.')


def _leave_out(plugins: Plugins, failed: Sequence[Active]) -> tuple[Active, ...]:
    """Take what did not start out of the hooks, so that it is never called."""
    registered = plugins.registered
    for one in failed:
        registered.manager.unregister(name=one.label)
    if failed:
        compile_hooks(registered.manager, registered.orders, registered.hooks)
    return tuple(one for one in plugins.active if one not in failed)


async def _refuse_failed(here: Running) -> None:
    report = await here.health()
    wrong = [
        Problem(f'"{one.label}" has failed: {one.health.detail}')
        for one in report.plugins
        if one.health.state == "failed" and not one.may_fail
    ]
    if wrong:
        raise StartupError(wrong)
