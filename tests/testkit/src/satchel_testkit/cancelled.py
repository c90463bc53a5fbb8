"""Cancels a call at the one of its awaits that is asked for."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from typing import Any, TypeVar

Answer = TypeVar("Answer")

# Any: what a coroutine yields to its loop is between the two
Call = Coroutine[Any, Any, Answer]


class CancelledAt(Coroutine[Any, Any, Answer]):
    """The same call; its task is cancelled while it waits for the ``number``-th time."""

    def __init__(self, call: Call[Answer], number: int) -> None:
        self._call = call
        self._left = number

    @property
    def was_cancelled(self) -> bool:
        """Whether it has come as far as that."""
        return self._left <= 0

    def send(self, value: Any) -> Any:
        return self._waiting(self._call.send(value))

    def throw(self, kind: Any, *_: Any) -> Any:  # a loop hands over the error itself
        return self._waiting(self._call.throw(kind))

    def close(self) -> None:
        self._call.close()

    def __await__(self) -> Generator[Any, Any, Answer]:
        raise NotImplementedError("It is run as a task.")

    def _waiting(self, future: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        return future


async def cancelled_everywhere(
    call: Callable[[int], Call[object]], step: int = 1
) -> AsyncIterator[tuple[int, asyncio.Task[object]]]:
    """Run ``call(number)`` for every ``step``-th ``number``, cancelled at its ``number``-th await.

    Yields each after its end, and ends with the first that was not cancelled any more.
    """
    for number in itertools.count(1, step):
        cancelled = CancelledAt(call(number), number)
        task = asyncio.create_task(cancelled)
        await asyncio.wait({task})
        yield number, task
        if not cancelled.was_cancelled:
            task.result()
            return
