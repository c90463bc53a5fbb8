"""Health: what every plugin says of itself, each within its time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from satchel.plugins.active import Active
from satchel.plugins.deadline import within
from satchel.plugins.loader import describe
from satchel.plugins.register import Registered
from satchel_hookspecs import Health
from satchel_hookspecs.plugin import HealthState

DEADLINE = 2.0
Question = Callable[[], Awaitable[Health]]


@dataclass(frozen=True, slots=True)
class PluginHealth:
    """What one plugin says of itself."""

    label: str
    may_fail: bool
    health: Health


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How the host is: the worst of its plugins; ``skipped`` are those it goes on without."""

    state: HealthState
    plugins: tuple[PluginHealth, ...]
    skipped: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether a balancer may send requests here; degraded still serves."""
        return self.state != "failed"


async def check_health(
    active: Sequence[Active],
    registered: Registered,
    skipped: Sequence[str] = (),
    deadline: float = DEADLINE,
) -> HealthReport:
    """Ask all plugins at once; one that is late, or raises, has failed.

    A plugin that may fail, and has, makes the host degraded only.
    """
    asked = [(one, question) for one in active if (question := _question(one, registered))]
    answers = await asyncio.gather(*(_answer(question, deadline) for _, question in asked))
    said = [
        PluginHealth(one.label, one.may_fail, answer)
        for (one, _), answer in zip(asked, answers, strict=True)
    ]
    return HealthReport(_worst(said, skipped), tuple(said), tuple(skipped))


def _question(one: Active, registered: Registered) -> Question | None:
    for manager in (registered.manager, registered.record_manager):
        for impl in manager.hook.plugin_health.get_hookimpls():
            if impl.plugin_name == one.label:
                return cast(Question, impl.function)  # the registry has checked its signature
    return None


async def _answer(question: Question, deadline: float) -> Health:
    try:
        return await within(deadline, question())
    except TimeoutError as error:
        return Health("failed", str(error))
    except Exception as error:  # noqa: BLE001 # whatever it raises, the answer is that it failed
        return Health("failed", describe(error))


def _worst(said: Iterable[PluginHealth], skipped: Sequence[str]) -> HealthState:
    states = {
        "degraded" if one.may_fail and one.health.state == "failed" else one.health.state
        for one in said
    }
    if "failed" in states:
        return "failed"
    return "degraded" if skipped or "degraded" in states else "ok"
