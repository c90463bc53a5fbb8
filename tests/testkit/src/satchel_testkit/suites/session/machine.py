"""Whatever is done in whatever order: the store answers as the memory store does."""

from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from satchel_hookspecs import ABSENT, Conflict, MemorySessions, SessionRecord
from satchel_testkit.machine import SETTINGS
from satchel_testkit.relay import Hooks, compose
from satchel_testkit.session_suite import SessionSuite
from satchel_testkit.suite import needs, slow

KEYS, OWNERS = st.sampled_from("123"), st.sampled_from(["ann", "ben", None])
TTLS, DATA = st.sampled_from([300, 1000]), st.binary(max_size=3)

# Any: what a hook takes and answers
Answer = Any


class SessionMachine(RuleBasedStateMachine):
    """Calls both, each with the versions that it has given itself, and compares."""

    suite: ClassVar["TestMachine"]

    def __init__(self) -> None:
        super().__init__()
        self.suite.examples += 1
        self.prefix = f"{self.suite.examples:x}"
        self.versions: list[tuple[object, object]] = [(ABSENT, ABSENT)]

    def key(self, name: str) -> str:
        return f"{self.prefix}{name}".zfill(64)

    def both(self, hook: str, **arguments: object) -> Answer:
        mine = self.suite.call(self.suite.hooks, hook, arguments)
        theirs = self.suite.call(self.suite.model, hook, arguments)
        assert self.shown(mine) == self.shown(theirs), hook
        return mine, theirs

    def shown(self, answer: Answer) -> object:
        if isinstance(answer, Conflict):
            return "Conflict", self.shown(answer.current)
        if isinstance(answer, SessionRecord):
            return answer.data, answer.owner, round(answer.ttl, -2)
        return answer

    @rule(name=KEYS, data=DATA, ttl=TTLS, owner=OWNERS, back=st.integers(1, 3))
    def write(self, name: str, data: bytes, ttl: int, owner: str | None, back: int) -> None:
        expect = self.versions[-min(back, len(self.versions))]
        arguments = {"key": self.key(name), "data": data, "ttl": ttl, "owner": owner}
        mine = self.suite.call(
            self.suite.hooks, "session_write", {**arguments, "expect": expect[0]}
        )
        model = self.suite.call(
            self.suite.model, "session_write", {**arguments, "expect": expect[1]}
        )
        assert isinstance(mine, Conflict) == isinstance(model, Conflict)
        if isinstance(mine, Conflict):
            assert self.shown(mine) == self.shown(model)
        else:
            self.versions.append((mine, model))

    @rule(name=KEYS, data=DATA, ttl=TTLS, owner=OWNERS)
    def write_what_is_there(self, name: str, data: bytes, ttl: int, owner: str | None) -> None:
        mine, model = self.both("session_read", key=self.key(name))
        pair = (mine.version, model.version) if mine is not None else (ABSENT, ABSENT)
        self.versions.append(pair)
        self.write(name, data, ttl, owner, 1)

    @rule(name=KEYS)
    def read(self, name: str) -> None:
        self.both("session_read", key=self.key(name))

    @rule(name=KEYS, ttl=TTLS)
    def touch(self, name: str, ttl: int) -> None:
        self.both("session_touch", key=self.key(name), ttl=ttl)

    @rule(name=KEYS)
    def destroy(self, name: str) -> None:
        self.both("session_destroy", key=self.key(name))

    @rule()
    def sweep(self) -> None:
        for hooks in (self.suite.hooks, self.suite.model):
            self.suite.call(hooks, "session_gc", {"limit": 2})

    @rule(seconds=st.sampled_from([200, 450]))
    def wait(self, seconds: int) -> None:
        self.suite.harness.move_clock(seconds)


@needs("move_clock")
class TestMachine(SessionSuite):
    examples = 0

    async def begin(self) -> None:
        await super().begin()
        model = MemorySessions(None, self.harness.context("memory", Hooks()))
        self.model = compose(Hooks(), model, ())

    def call(self, hooks: Hooks, hook: str, arguments: dict[str, Any]) -> Answer:
        """What the hook answers, or the refusal that it raises."""
        try:
            return self.runner.run(getattr(hooks, hook)(**arguments))
        except Conflict as refused:
            return refused

    @slow
    def test_it_answers_as_the_memory_store_does(self) -> None:
        machine = type("Machine", (SessionMachine,), {"suite": self})
        run_state_machine_as_test(machine, settings=SETTINGS)
