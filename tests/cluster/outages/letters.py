"""People who write letters with files, one after another, and remember what they were told."""

import random
import secrets
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException

from tests.cluster.journey import digest
from tests.cluster.patience import wait_for
from tests.cluster.traveller import Traveller

FAILED = (AssertionError, OSError, HTTPException)
SIZES = (1000, 300_000)


@dataclass(slots=True)
class Letter:
    """A letter on which somebody clicked Send; ``is_acknowledged`` when the site took it."""

    draft: str
    subject: str = field(default_factory=lambda: secrets.token_hex(8))
    files: dict[str, str] = field(default_factory=dict)
    is_acknowledged: bool = False


class Writers:
    """Several people at once, until they are told to stop."""

    def __init__(self, people: Sequence[Traveller], *, may_fail: bool = False) -> None:
        """Let them write; where nothing may fail, the first failure ends the test."""
        self.letters: list[Letter] = []
        self.failures: list[str] = []
        self._people = people
        self._may_fail = may_fail
        self._stop = threading.Event()
        self._works: list[Future[None]] = []

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let them write until the ``with`` block is left."""
        with ThreadPoolExecutor(len(self._people)) as threads:
            self._works = [threads.submit(self._write, person) for person in self._people]
            try:
                yield
            finally:
                self._stop.set()
        for work in self._works:
            work.result()

    def go_on(self, count: int = 4) -> None:
        """Return when so many more letters were taken."""
        goal = self._count() + count
        wait_for(lambda: self._count() >= goal or self._has_failed(), "letters are written", 60)

    def _count(self) -> int:
        return sum(letter.is_acknowledged for letter in self.letters)

    def _has_failed(self) -> bool:
        return any(work.done() for work in self._works)

    def _write(self, person: Traveller) -> None:
        while not self._stop.is_set():
            try:
                self._write_one(person)
            except FAILED as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                if not self._may_fail:
                    raise

    def _write_one(self, person: Traveller) -> None:
        letter = Letter(person.compose())
        for number, size in enumerate(SIZES):
            content, name = random.randbytes(size), f"{number} of {letter.subject}.bin"
            person.upload(letter.draft, content, name, token=f"token-{number:020}")
            letter.files[name] = digest(content)
        self.letters.append(letter)
        answer = person.send_draft(letter.draft, "ben@example.test", letter.subject)
        letter.is_acknowledged = answer.status == 303
        assert letter.is_acknowledged, answer.problems
