"""Transactions that are done again."""

import pytest
from sqlalchemy.exc import IntegrityError

from satchel_database import Overtaken
from satchel_hookspecs import Unavailable
from satchel_userdata.rows import ATTEMPTS, again

OVERTAKEN = (Overtaken("a deadlock"), IntegrityError("", None, Exception()))


@pytest.mark.parametrize("error", OVERTAKEN)
async def test_who_was_overtaken_tries_again(error: Exception) -> None:
    errors = [error] * (ATTEMPTS - 1)

    async def step() -> str:
        if errors:
            raise errors.pop()
        return "kept"

    assert await again(step) == "kept"


@pytest.mark.parametrize("error", OVERTAKEN)
async def test_who_is_overtaken_all_the_time_gives_up(error: Exception) -> None:
    tries = []

    async def step() -> None:
        tries.append(error)
        raise error

    with pytest.raises(Unavailable, match="Too many changes"):
        await again(step)
    assert len(tries) == ATTEMPTS


async def test_what_may_have_been_kept_is_not_done_again() -> None:
    tries = []

    async def step() -> None:
        tries.append(1)
        raise Unavailable("nobody knows")

    with pytest.raises(Unavailable, match="nobody knows"):
        await again(step)
    assert len(tries) == 1
