"""What all suites have in common: a medium of its own for each test, and a loop to run it in."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, ClassVar

import pytest

from satchel_testkit.harness import Harness
from satchel_testkit.relay import Hooks
from satchel_testkit.subject import Subject

SECONDS = 120.0

needs = pytest.mark.satchel_needs
unless = pytest.mark.satchel_unless
plain = pytest.mark.satchel_plain
slow = pytest.mark.satchel_slow

# Any: a test takes whatever its parameters are
Test = Callable[..., Awaitable[None]]


class Suite:
    """Tests of stores of one ``kind``; each is run in a loop of its own, and never hangs."""

    kind: ClassVar[str | None] = None
    platform: ClassVar[bool] = False

    runner: asyncio.Runner
    harness: Harness
    hooks: Hooks

    def __init_subclass__(cls) -> None:
        for name, test in list(vars(cls).items()):
            if name.startswith("test_") and inspect.iscoroutinefunction(test):
                setattr(cls, name, _run(test))

    @pytest.fixture(autouse=True)
    def _set_up(
        self, satchel_subject: Subject, tmp_path: Path, request: pytest.FixtureRequest
    ) -> Iterator[None]:
        self.subject = satchel_subject
        self._skip_what_is_lacking(request.node)
        self._stack = AsyncExitStack()
        with asyncio.Runner() as self.runner:
            self.harness = self.subject.make_harness(tmp_path)
            try:
                self.runner.run(asyncio.wait_for(self.begin(), SECONDS))
                yield
            finally:
                self.runner.run(asyncio.wait_for(self._stack.aclose(), SECONDS))

    async def begin(self) -> None:
        """Arrange what every test of the suite begins with."""
        self.hooks = await self.another()

    async def another(self) -> Hooks:
        """The hooks of another instance over the same medium, as on another node."""
        return await self.subject.open(self._stack, self.harness)

    def _skip_what_is_lacking(self, node: Any) -> None:  # Any: pytest's own node
        needed = _named(node, "satchel_needs")
        if self.platform:
            needed.append("platform")
        elif self.kind == "session" and not self.subject.lacks("platform"):
            pytest.skip("the platform keeps the sessions")
        for name in needed:
            if reason := self.subject.lacks(name):
                pytest.skip(reason)
        for name in _named(node, "satchel_unless"):
            if self.subject.lacks(name) is None:
                pytest.skip(f"capability {name}")


def _named(node: Any, marker: str) -> list[str]:  # Any: pytest's own node
    return [name for mark in node.iter_markers(marker) for name in mark.args]


def _run(test: Test) -> Callable[..., None]:
    @functools.wraps(test)
    def run(self: Suite, *arguments: Any, **named: Any) -> None:
        self.runner.run(_within(SECONDS, test(self, *arguments, **named)))

    return run


async def _within(seconds: float, test: Awaitable[None]) -> None:
    async with asyncio.timeout(seconds):
        await test
