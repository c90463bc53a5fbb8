"""A hook as people read it: what it promises, and who takes part."""

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from satchel.plugins.register import Registered
from satchel.plugins.registry import PluginManager
from satchel.plugins.relay import chain
from satchel_hookspecs import AttachmentSpecs, PluginSpecs, SessionSpecs
from satchel_hookspecs.markers import KIND

MODULES = re.compile(r"\b(?:[a-z_]\w*\.)+(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook; ``chain`` names who is called, wrappers first, the outermost at the front."""

    name: str
    kind: str
    signature: str
    doc: str
    chain: tuple[str, ...]

    def as_data(self) -> dict[str, object]:
        """The same for a program."""
        return asdict(self)


def hooks_of(registered: Registered) -> Mapping[str, Hook]:
    """Every hook of a host, by name."""
    manager, orders = registered.manager, registered.orders
    return {name: _hook(manager, name, orders) for name in manager.hook_names()}


def specified() -> Mapping[str, Hook]:
    """Every hook of the contract, with nobody in it."""
    manager = PluginManager()
    for spec in (PluginSpecs, SessionSpecs, AttachmentSpecs):
        manager.add_hookspecs(spec)
    return {name: _hook(manager, name, {}) for name in manager.hook_names()}


def _hook(manager: PluginManager, name: str, orders: Mapping[type, Sequence[str]]) -> Hook:
    caller = getattr(manager.hook, name)
    function = caller.spec.function
    around, inside = chain(caller, orders.get(caller.spec.namespace, ()))
    kind = getattr(function, KIND, "gather")
    signature = MODULES.sub("", str(inspect.signature(function))).replace("(self, ", "(")
    doc = inspect.getdoc(function) or ""
    signature = signature.replace("(self)", "()")
    return Hook(name, kind, signature, doc, (*(f"{one} (around)" for one in around), *inside))
