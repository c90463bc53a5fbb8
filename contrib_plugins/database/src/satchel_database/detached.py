"""A coroutine that no caller has to wait for to its end."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")
Work = Callable[[], Coroutine[Any, None, Answer]]
log = logging.getLogger(__name__)


class Detached(Generic[Answer]):
    """Runs at once up to where it has to wait, and from there on by itself.

    A task would begin a turn of the loop later, and its end be noticed another turn later, which
    a short statement feels. The coroutine may not ask which task it is in, so it must not use
    ``asyncio.timeout``.

    ``answer`` is for the caller, who can leave it: cancelled or failed, it says nothing more, while
    the coroutine goes on until ``ended`` is called.
    """

    __slots__ = (
        "_coroutine",
        "_ended",
        "_loop",
        "_tell",
        "_waits_for",
        "_work",
        "answer",
        "has_begun",
        "has_failed",
        "is_running",
        "was_stopped",
    )

    def __init__(self, work: Work[Answer], ended: Callable[["Detached[Answer]"], object]) -> None:
        loop = asyncio.get_running_loop()
        self.answer: asyncio.Future[Answer] = loop.create_future()
        self.has_begun = self.is_running = self.has_failed = self.was_stopped = False
        self._loop = loop
        self._work: Work[Answer] | None = work
        self._tell: Callable[[Detached[Answer]], object] | None = ended
        self._coroutine: Coroutine[Any, None, Answer] | None = None
        self._waits_for: asyncio.Future[Any] | None = None  # Any: whatever it waits for
        self._ended: asyncio.Future[None] | None = None

    def begin(self) -> bool:
        """Start the work, unless the caller has left before."""
        work, self._work = self._work, None
        if work is None or self.answer.done():
            self._tell = None
            return False
        self.has_begun = self.is_running = True
        self._coroutine = work()
        self._go_on()
        return True

    def stop(self) -> None:
        """Cancel what the coroutine waits for, once: what it then does to clean up is let be."""
        if self._waits_for is not None and not self.was_stopped:
            self.was_stopped = True
            self._waits_for.cancel()

    async def end(self, seconds: float | None = None) -> None:
        """Wait for the end of the coroutine, but not longer."""
        if self.is_running:
            self._ended = self._ended or self._loop.create_future()
            await asyncio.wait({self._ended}, timeout=seconds)

    def _go_on(self, _done: object = None) -> None:
        assert self._coroutine is not None
        self._waits_for = None
        try:
            awaited = self._coroutine.send(None)
        except StopIteration as stop:
            if not self.answer.done():
                self.answer.set_result(stop.value)
            self._finish()
        except BaseException as error:  # it is passed on as it is
            self._fail(error)
            self._finish()
            if not isinstance(error, (Exception, asyncio.CancelledError)):
                raise
        else:
            if awaited is None:  # after sleep(0)
                self._loop.call_soon(self._go_on)
                return
            awaited._asyncio_future_blocking = False
            self._waits_for = awaited
            awaited.add_done_callback(self._go_on)

    def _finish(self) -> None:
        self.is_running = False
        if self._ended is not None:
            self._ended.set_result(None)
        # Whom it tells refers to it: what was sent and answered would be kept until a collection.
        tell, self._tell = self._tell, None
        if tell is not None:
            tell(self)

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, asyncio.CancelledError):
            self.answer.cancel()
        elif self.answer.done():
            log.warning("A statement left behind has failed: %s", error)
        else:
            self.has_failed = True
            self.answer.set_exception(error)
