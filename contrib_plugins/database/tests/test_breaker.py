"""The breaker, and what makes it ask again."""

import asyncio

import pytest

from satchel_database import breaker as module
from satchel_database.breaker import Breaker
from satchel_hookspecs import Unavailable


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.0)


@pytest.mark.parametrize("failure", [Unavailable("late"), OSError(24, "files"), ValueError("odd")])
async def test_whatever_a_probe_meets_the_server_is_asked_again(failure: Exception) -> None:
    answers: list[Exception | None] = [failure, failure, None]
    done = asyncio.Event()

    async def probe() -> None:
        if (answer := answers.pop(0)) is not None:
            raise answer
        done.set()

    breaker = Breaker(1, probe)
    breaker.hung()
    with pytest.raises(Unavailable, match="does not answer"):
        breaker.check()
    async with asyncio.timeout(5):
        await done.wait()
    await asyncio.sleep(0)

    assert not breaker.is_open
    breaker.check()


async def test_hangs_that_do_not_come_in_a_row_open_nothing() -> None:
    async def probe() -> None:
        raise AssertionError("nobody hangs")

    breaker = Breaker(2, probe)
    breaker.hung()
    breaker.answered()
    breaker.hung()

    assert not breaker.is_open
