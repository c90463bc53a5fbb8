"""Timing: the fairest number for something that was done many times."""

import gc
import time
from collections.abc import Awaitable, Callable, Sequence

Repeated = Callable[[int], Awaitable[None]]


async def best_of(ways: Sequence[Repeated], times: int, rounds: int) -> list[float]:
    """Return the seconds that each way takes once, in its best round.

    A way gets how often to do it. The ways take turns, so that a busy moment hits all of them.
    """
    best = [float("inf")] * len(ways)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for index, way in enumerate(ways):
                begun = time.perf_counter()
                await way(times)
                best[index] = min(best[index], (time.perf_counter() - begun) / times)
    finally:
        gc.enable()
    return best
