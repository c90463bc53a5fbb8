"""Whatever is done in whatever order: the store answers as the memory store does."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from satchel_hookspecs import (
    BLOCK,
    Attachment,
    Block,
    ChecksumMismatch,
    Conflict,
    MemoryAttachments,
    Ref,
)
from satchel_testkit.attachment_suite import AttachmentSuite, asking, ref
from satchel_testkit.content import cut, digest, some_bytes, stream
from satchel_testkit.machine import SETTINGS
from satchel_testkit.relay import Hooks, compose
from satchel_testkit.suite import needs, slow

IDS, GROUPS = st.sampled_from(["a", "b"]), st.sampled_from(["g1", "g1", "g2"])
SIZES = st.sampled_from([0, 1, 7, BLOCK, BLOCK + 1, 2 * BLOCK])

# Any: what a hook takes and answers
Answer = Any


class AttachmentMachine(RuleBasedStateMachine):
    """Does the same to both and compares."""

    suite: ClassVar["TestMachine"]

    def __init__(self) -> None:
        super().__init__()
        self.suite.examples += 1
        self.owner = f"owner{self.suite.examples}"
        self.tokens = Counter[tuple[str, str]]()
        self.composes = Counter[str]()
        self.sweep()
        self.open("g1", 1000)
        self.open("g2", 1000)

    def ref(self, id: str, group: str) -> Ref:
        return ref(f"{id}{self.tokens[id, group]}", self.compose(group), self.owner)

    def compose(self, group: str) -> str:
        return f"{group}-{self.composes[group]}"

    def both(self, hook: str, **arguments: object) -> Answer:
        return self.agree(hook, lambda: arguments)

    def agree(self, hook: str, arguments: Callable[[], dict[str, object]]) -> Answer:
        mine = self.shown(self.suite.call(self.suite.hooks, hook, arguments()))
        model = self.shown(self.suite.call(self.suite.model, hook, arguments()))
        assert mine == model, hook
        return mine

    def shown(self, answer: Answer) -> Answer:
        if isinstance(answer, Exception):
            return type(answer), getattr(answer, "current", None)
        if isinstance(answer, Attachment):
            return replace(answer, ttl=round(answer.ttl, -2))
        if isinstance(answer, (list, tuple)):
            return [self.shown(one) for one in answer]
        return answer

    @rule(group=GROUPS, ttl=st.sampled_from([300, 1000]))
    def open(self, group: str, ttl: int) -> None:
        self.both("attachments_touch", owner=self.owner, group=self.compose(group), ttl=ttl)

    @rule(id=IDS, group=GROUPS, size=SIZES, cut_short=st.booleans(), start=st.integers(-1, 1))
    def upload(self, id: str, group: str, size: int, cut_short: bool, start: int) -> None:
        at, content = self.ref(id, group), some_bytes(size)
        if start < 0:
            start = self.next_block(at)

        def blocks() -> AsyncIterator[Block]:
            end = ConnectionResetError() if cut_short else None
            return stream(cut(content, start)[: 1 if cut_short else None], end)

        self.agree(
            "attachment_upload",
            lambda: {"request": asking(at, size), "start": start, "blocks": blocks()},
        )

    @rule(id=IDS, group=GROUPS, size=SIZES)
    def keep(self, id: str, group: str, size: int) -> None:
        """Upload it whole; with the other rules alone hardly a file arrives to its end."""
        self.upload(id, group, size, False, 0)
        self.seal(id, group)

    def next_block(self, at: Ref) -> int:
        found: Attachment | None = self.both("attachment_stat", ref=at)
        return found.progress.next_block if found else 0

    @rule(id=IDS, group=GROUPS)
    def seal(self, id: str, group: str) -> None:
        found = self.both("attachment_stat", ref=self.ref(id, group))
        size = found.size if found else 0
        sha256 = digest(some_bytes(size))
        self.both("attachment_seal", ref=self.ref(id, group), size=size, sha256=sha256)

    @rule(id=IDS, group=GROUPS)
    def read(self, id: str, group: str) -> None:
        at = self.ref(id, group)
        mine = self.suite.content(self.suite.hooks, at)
        assert mine == self.suite.content(self.suite.model, at)

    @rule(group=GROUPS)
    def list(self, group: str) -> None:
        self.both("attachment_list", owner=self.owner, group=self.compose(group))

    @rule(id=IDS, group=GROUPS, name=st.text(max_size=5))
    def rename(self, id: str, group: str, name: str) -> None:
        self.both("attachment_rename", ref=self.ref(id, group), filename=name)

    @rule(id=IDS, group=GROUPS, anew=st.booleans())
    def delete(self, id: str, group: str, anew: bool) -> None:
        """Delete it; what is uploaded in its place may have an id of its own, as on a page."""
        self.both("attachment_delete", ref=self.ref(id, group))
        self.tokens[id, group] += anew

    @rule(group=st.sampled_from(["g1", None]), anew=st.sampled_from([True, True, False]))
    def clean_up(self, group: str | None, anew: bool) -> None:
        """End a compose, or all; another may be begun."""
        ended = None if group is None else self.compose(group)
        self.both("attachments_cleanup", owner=self.owner, group=ended)
        if anew:
            self.composes["g1"] += 1
            self.open("g1", 1000)

    @rule()
    def usage(self) -> None:
        self.both("attachment_usage", owner=self.owner)

    @rule(seconds=st.sampled_from([200, 450]))
    def wait(self, seconds: int) -> None:
        self.suite.harness.move_clock(seconds)

    @rule()
    def sweep(self) -> None:
        mine = self.suite.call(self.suite.hooks, "attachment_gc", {"limit": 10_000})
        model = self.suite.call(self.suite.model, "attachment_gc", {"limit": 10_000})
        assert sorted(mine.refs, key=repr) == sorted(model.refs, key=repr)


@needs("move_clock")
class TestMachine(AttachmentSuite):
    examples = 0

    async def begin(self) -> None:
        await super().begin()
        store = MemoryAttachments(None, self.harness.context("memory", Hooks()))
        self.model = compose(Hooks(), store, ())
        await self.hooks.attachments_cleanup(owner=ref().owner, group=None)

    def call(self, hooks: Hooks, hook: str, arguments: dict[str, Any]) -> Answer:
        """What the hook answers, or the refusal that it raises."""
        try:
            return self.runner.run(getattr(hooks, hook)(**arguments))
        except (Conflict, ChecksumMismatch, ConnectionResetError) as refused:
            return refused

    def content(self, hooks: Hooks, at: Ref) -> bytes | None:
        """The bytes that are served."""
        return self.runner.run(self.read(at, hooks=hooks))

    @slow
    def test_it_answers_as_the_memory_store_does(self) -> None:
        machine = type("Machine", (AttachmentMachine,), {"suite": self})
        run_state_machine_as_test(machine, settings=SETTINGS)
