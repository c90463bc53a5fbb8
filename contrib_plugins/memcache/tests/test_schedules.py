"""Nothing acknowledged is lost and nothing ended comes back, whatever fails, one at a time."""

import pytest

from satchel_memcache import Register, Stamp, Value, surveyor
from satchel_memcache.survey import Survey, View, compare

from .schedule import Schedule, find_violation

pytestmark = pytest.mark.usefixtures("unmeasured")
SEEDS = range(300)
MANY = range(1500)
LATER, LATE = MANY[450:], MANY[850:]
"""Those before take seconds and catch nothing."""


class WithoutEpoch(Register):
    @staticmethod
    def _raise_epoch(stamp: Stamp) -> Stamp:
        return stamp


class Hasty(Register):
    """Builds on what only one cell may hold."""

    def _is_settled(self, survey: Survey) -> bool:
        return True

    async def read(self, key: str) -> Value | None:
        while True:
            survey = await self._surveyor.survey(key)
            if not survey.behind or await self._spread(survey):
                return self._live(survey.best)


class WithoutSpread(Register):
    async def read(self, key: str) -> Value | None:
        survey = await self._surveyor.survey(key)
        return self._live(survey.best)


def prefer_first(views: list[View]) -> Survey:
    return compare(list(reversed(views)))._replace(views=views)


async def test_one_fault_at_a_time_breaks_no_promise() -> None:
    assert await find_violation(SEEDS) is None


async def test_the_schedules_do_write_and_end() -> None:
    played = [Schedule(seed) for seed in range(20)]
    for one in played:
        await one.run()

    assert sum(len(one.acknowledged) for one in played) > 200
    assert any(one.ended is not None for one in played)


async def test_a_register_without_an_order_of_equals_and_epochs_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(surveyor, "compare", prefer_first)

    assert await find_violation(MANY, WithoutEpoch, faults=("flaky", "freeze"))


async def test_a_register_that_builds_before_it_spreads_is_caught() -> None:
    assert await find_violation(MANY, Hasty)


async def test_a_register_that_shows_before_it_spreads_is_caught() -> None:
    assert await find_violation(LATER, WithoutSpread)


async def test_a_register_that_knows_a_write_by_its_name_alone_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Stamp, "rank", property(lambda stamp: stamp.write))

    assert await find_violation(LATE)
