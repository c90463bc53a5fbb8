"""How a test makes stores, and calls them as the host does: through the relay."""

import logging
from collections.abc import Sequence
from typing import Any

from satchel.plugins.registry import PluginManager
from satchel.plugins.relay import Hooks, compile_hooks
from satchel_hookspecs import AttachmentSpecs, PluginContext, PluginSpecs, SessionSpecs
from satchel_testkit.clock import Clock

__all__ = ["Clock", "context", "hooks_around"]


def context(clock: Clock) -> PluginContext:
    """What a host would hand to a plugin."""
    return PluginContext("it", "node", clock, logging.getLogger(), (b"k" * 32,), {}, Hooks())


def hooks_around(store: object, wrappers: Sequence[object] = ()) -> Any:
    """The hooks of a store, called through the relay with wrappers around it, outermost first."""
    manager = PluginManager()
    for specs in (SessionSpecs, AttachmentSpecs, PluginSpecs):
        manager.add_hookspecs(specs)
    manager.register(store, "store")
    names = [str(manager.register(wrapper)) for wrapper in wrappers]
    assert manager.problems() == []
    return compile_hooks(manager, {AttachmentSpecs: names, SessionSpecs: names})
