"""A store is made and called as the host does it, and says truly what it can do."""

import dataclasses
import inspect
from typing import Any

import pytest

from satchel_hookspecs import Health, hookimpl
from satchel_hookspecs.markers import PROJECT
from satchel_testkit.relay import STORE_HOOKS, specs
from satchel_testkit.suite import Suite, plain

CAPABILITIES = {
    "attachments": {"expires_by_itself", "multi_process"},
    "session": {"by_owner", "expires_by_itself", "multi_process", "platform"},
}
PREFIXES = ("attachment_", "attachments_", "session_", "plugin_")
IMPL = f"{PROJECT}_impl"


@plain
class TestShape(Suite):
    def hooks_of_store(self) -> dict[str, Any]:
        """Every method of the store that is called like a hook."""
        members = inspect.getmembers(self.subject.store, callable)
        return {name: member for name, member in members if name.startswith(PREFIXES)}

    def test_every_method_called_like_a_hook_is_one(self) -> None:
        assert set(self.hooks_of_store()) <= set(specs())

    def test_every_hook_is_marked_here_or_where_it_was_inherited_from(self) -> None:
        lines = self.subject.store.__mro__
        unmarked = [
            name
            for name in self.hooks_of_store()
            if not any(hasattr(vars(cls).get(name), IMPL) for cls in lines)
        ]
        assert unmarked == [], f"Mark them with @{hookimpl.__name__}."

    def test_every_hook_takes_what_its_spec_says(self) -> None:
        for name, hook in self.hooks_of_store().items():
            known = inspect.signature(specs()[name]).parameters
            assert set(inspect.signature(hook).parameters) <= set(known), name

    def test_every_hook_of_a_store_is_async(self) -> None:
        names = set(self.hooks_of_store()) & set(STORE_HOOKS)
        assert names
        assert [n for n in names if not inspect.iscoroutinefunction(self.hooks_of_store()[n])] == []

    def test_every_hook_of_its_kind_is_there(self) -> None:
        if self.subject.lacks("platform") is None:
            pytest.skip("the platform keeps the sessions")
        mine = {name for name in STORE_HOOKS if name.startswith(self.subject.kind[:7])}
        assert mine - {"session_platform"} <= set(self.hooks_of_store())

    def test_its_capabilities_are_known_ones(self) -> None:
        declared: object = getattr(self.subject.store, "capabilities", frozenset())
        assert isinstance(declared, frozenset)
        assert declared <= CAPABILITIES[self.subject.kind]

    def test_its_config_is_a_frozen_dataclass(self) -> None:
        config: Any = getattr(self.subject.store, "Config", None)
        if config is None:
            return
        assert dataclasses.is_dataclass(config)
        parameters: Any = vars(config)["__dataclass_params__"]
        assert parameters.frozen

    async def test_its_health_is_well_once_it_runs(self) -> None:
        store = await self.started()
        if not hasattr(store, "plugin_health"):
            return

        health = await store.plugin_health()

        assert isinstance(health, Health)
        assert health.state == "ok", health.detail

    async def test_it_starts_again_over_the_same_medium(self) -> None:
        for _ in range(3):
            await self.started()

    async def started(self) -> Any:  # Any: the store's own class
        """Another instance of the store itself."""
        return await self._stack.enter_async_context(self.harness.make(self.hooks))
