"""The thread of one host: takes the calls that came together, and answers them together."""

import time
from collections.abc import Callable, Sequence
from itertools import islice
from queue import SimpleQueue
from threading import Thread
from typing import Any

from pymemcache.exceptions import MemcacheUnexpectedCloseError

from satchel_memcache.call import Call, Fetch, Run, Talk
from satchel_memcache.line import Line
from satchel_memcache.seen import NOTHING, Seen, Token

BATCH = 64
BYTES = 768 * 1024
CHANGED = b"NOT_FOUND"

Answers = Sequence[tuple[Call, Any]]  # Any: an answer of the call's kind, or an exception
Deliver = Callable[[Answers], None]


class Worker:
    """Asks over one line, in a thread of its own, so that no host ever waits for another."""

    def __init__(self, line: Line, deliver: Deliver) -> None:
        self.line = line
        self.busy_since: float | None = None
        self._deliver = deliver
        self._queue: SimpleQueue[Call | None] = SimpleQueue()
        self._thread = Thread(target=self._serve, name="memcache", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def put(self, call: Call) -> None:
        """Let a call be answered in its turn."""
        self._queue.put(call)

    def stop(self) -> None:
        """Answer no more; a call that is running fails now."""
        self._queue.put(None)
        self.line.abort()

    def join(self, seconds: float) -> None:
        """Wait for the end of the thread."""
        self._thread.join(seconds)

    def _serve(self) -> None:
        while (calls := self._take()) is not None:
            wanted = [call for call in calls if call.is_wanted]
            if wanted:
                self.busy_since = time.monotonic()
                answers = self._answer(wanted)
                self.busy_since = None
                self._deliver(answers)
        self.line.close()

    def _take(self) -> list[Call] | None:
        taken, size = list[Call](), 0
        while (call := self._queue.get()) is not None:
            taken.append(call)
            if isinstance(call, Talk):
                size += call.size
            # Of blocks few at a time: while these are on their way, the next ones are made.
            if self._queue.empty() or len(taken) == BATCH or size >= BYTES:
                return taken
        return None

    def _answer(self, calls: Sequence[Call]) -> Answers:
        if not self.line.is_usable():
            self.line.close()
        was_open = self.line.sock is not None
        answers = self._ask(calls)
        if not was_open:
            return answers
        broken = [call for call, answer in answers if is_broken(answer) and call.is_wanted]
        if broken:
            # The host was restarted while nobody spoke to it; once, this is no failure.
            answered = [(call, answer) for call, answer in answers if not is_broken(answer)]
            return [*answered, *self._ask(broken)]
        return answers

    def _ask(self, calls: Sequence[Call]) -> list[tuple[Call, Any]]:
        # First what may close the line: a question that follows wants a new one.
        answers: list[tuple[Call, Any]] = []
        answers += ((call, self._run(call)) for call in calls if isinstance(call, Run))
        fetches = [call for call in calls if isinstance(call, Fetch)]
        talks = [call for call in calls if isinstance(call, Talk)]
        if fetches:
            answers += zip(fetches, self._fetch(fetches), strict=True)
        if talks:
            answers += self._talk(talks)
        return answers

    def _fetch(self, calls: Sequence[Fetch]) -> Sequence[Seen | Exception]:
        try:
            found = self.line.fetch(list({call.key: None for call in calls}))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the callers are told
            return [error] * len(calls)
        life = self.line.life
        seen = {key: Seen(raw, Token(life, number)) for key, (raw, number) in found.items()}
        return [seen.get(call.key, NOTHING) for call in calls]

    def _talk(self, calls: Sequence[Talk]) -> list[tuple[Call, Any]]:
        life = self.line.life if self.line.sock is not None else None
        late = [call for call in calls if call.life not in (None, life)]
        sent = [call for call in calls if call.life in (None, life)]
        answers: Sequence[Sequence[bytes] | Exception]
        try:
            commands = [command for call in sent for command in call.commands]
            size = sum(call.size for call in sent)
            lines = iter(self.line.talk(commands, size) if sent else ())
            answers = [list(islice(lines, len(call.commands))) for call in sent]
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the callers are told
            answers = [error] * len(sent)
        changed = [(call, [CHANGED] * len(call.commands)) for call in late]
        return [*zip(sent, answers, strict=True), *changed]

    def _run(self, call: Run) -> Any:  # Any: what the function returns
        try:
            return call.function(self.line)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the callers are told
            self.line.close()
            return error


def is_broken(answer: object) -> bool:
    """Whether the connection ended under the call, and not because the host was slow."""
    if isinstance(answer, TimeoutError):
        return False
    return isinstance(answer, OSError | MemcacheUnexpectedCloseError)
