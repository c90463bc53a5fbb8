"""A coroutine that no caller has to wait for to its end."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")
Work = Coroutine[Any, None, Answer]
Future = asyncio.Future[Any]  # Any: whatever the coroutine waits for
Wake = Callable[[Any], object]  # Any: the future of a task, or what takes its part
log = logging.getLogger(__name__)


class Detached(Generic[Answer]):
    """Runs in the task that awaits it, and by itself from when that one leaves.

    A task of its own would begin a turn of the loop later, and its end be noticed another turn
    later, which a short statement feels. So whenever the coroutine waits, the caller's task gets
    this object as the future to wait for: it passes the task's wish to be woken on to what the
    coroutine waits for, and when the caller is cancelled, or failed with ``set_exception``, it
    wakes the caller alone. The coroutine then goes on until ``ended`` is called. As it may be in no
    task by then, it must not use ``asyncio.timeout``.

    It is awaited once, before or after ``begin``.
    """

    __slots__ = (
        "_asyncio_future_blocking",
        "_context",
        "_ended",
        "_loop",
        "_reason",
        "_tell",
        "_waits_for",
        "_wake",
        "_work",
        "has_begun",
        "has_failed",
        "is_left",
        "is_running",
        "was_stopped",
    )

    def __init__(self, work: Work[Answer], ended: Callable[["Detached[Answer]"], object]) -> None:
        self.has_begun = self.is_running = self.has_failed = False
        self.is_left = self.was_stopped = False
        self._loop = asyncio.get_running_loop()
        self._work = work
        self._tell = ended
        self._wake: Wake | None = None
        self._context: Context | None = None
        self._waits_for: Future | None = None
        self._reason: BaseException | None = None
        self._ended: asyncio.Future[None] | None = None

    def begin(self) -> bool:
        """Let it run, now or as soon as it is awaited, unless the caller has left before."""
        if self.is_left:
            return False
        self.has_begun = True
        self._wake_caller()
        return True

    def stop(self) -> None:
        """Cancel what the coroutine waits for, if its answer has not come, and only once.

        What it then does to clean up is let be.
        """
        if self._waits_for is not None and not self.was_stopped:
            self.was_stopped = self._waits_for.cancel()

    async def end(self, seconds: float | None = None) -> None:
        """Wait for the end of the coroutine, but not longer."""
        if self.is_running:
            self._ended = self._ended or self._loop.create_future()
            await asyncio.wait({self._ended}, timeout=seconds)

    def __await__(self) -> Generator[Any, None, Answer]:
        while not self.has_begun:
            self._asyncio_future_blocking = True
            try:
                yield self
            except BaseException:
                self._leave_before()
                raise
        self.is_running = True
        while True:
            self._wake = None
            try:
                self._waits_for = awaited = self._work.send(None)
            except StopIteration as stop:
                self._finish()
                answer: Answer = stop.value
                return answer
            except BaseException as error:
                self.has_failed = isinstance(error, Exception)
                self._finish()
                raise
            self._asyncio_future_blocking = True
            try:
                yield awaited and self  # or nothing, after sleep(0)
            except BaseException as error:
                if self.is_left or not _is_of(awaited, error):
                    self._leave()
                    raise

    # What a task wants of a future that it waits for

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop it was made in."""
        return self._loop

    def add_done_callback(self, wake: Wake, *, context: Context) -> None:
        """Wake the task when the coroutine can begin or go on."""
        self._wake, self._context = wake, context
        if self._waits_for is not None:
            self._waits_for._asyncio_future_blocking = False
            self._waits_for.add_done_callback(wake, context=context)
        if self._reason is not None:
            self.set_exception(self._reason)

    def result(self) -> None:
        """Tell the task that it can go on, or why it cannot."""
        if self._reason is not None:
            try:
                raise self._reason
            finally:
                self._reason = None  # else each would keep the other

    def done(self) -> bool:
        """Whether the caller is about to leave."""
        return self.is_left

    def cancel(self, msg: object = None) -> bool:
        """Let the caller leave; false when it is woken anyway, and then sees to that itself."""
        is_woken = self._wake is None or (self._waits_for is not None and self._waits_for.done())
        if not is_woken:
            self.set_exception(asyncio.CancelledError(*(() if msg is None else (msg,))))
        return not is_woken

    def set_exception(self, error: BaseException) -> None:
        """Let the caller leave, now or when it would wait again."""
        self._reason = error
        if self._wake is not None and not (self._waits_for and self._waits_for.done()):
            self.is_left = True
            if self._waits_for is not None:
                self._waits_for.remove_done_callback(self._wake)
            self._wake_caller()

    def _wake_caller(self) -> None:
        wake, self._wake = self._wake, None
        if wake is not None:
            self._loop.call_soon(wake, self, context=self._context)

    def _leave_before(self) -> None:
        self.is_left = True
        self._work.close()
        if self.has_begun:  # in the same moment
            self.has_begun = False
            self._tell(self)

    def _leave(self) -> None:
        self.is_left = True
        if self._waits_for is None or self._waits_for.done():
            self._loop.call_soon(self._go_on)
        else:
            self._waits_for.add_done_callback(self._go_on)

    def _go_on(self, _done: object = None) -> None:
        try:
            self._waits_for = awaited = self._work.send(None)
        except StopIteration:
            self._finish()
        except asyncio.CancelledError:
            self._finish()
        except Exception as error:  # noqa: BLE001 # nobody else is told of it
            log.warning("A statement left behind has failed: %s", error)
            self._finish()
        else:
            if awaited is None:
                self._loop.call_soon(self._go_on)
            else:
                awaited._asyncio_future_blocking = False
                awaited.add_done_callback(self._go_on)

    def _finish(self) -> None:
        self.is_running = False
        self._waits_for = None
        if self._ended is not None:
            self._ended.set_result(None)
        self._tell(self)


def _is_of(awaited: Future | None, error: BaseException) -> bool:
    """Whether it is what has failed, and not the task that waited for it."""
    if awaited is None or not awaited.done():
        return False
    return awaited.cancelled() or awaited.exception() is error
