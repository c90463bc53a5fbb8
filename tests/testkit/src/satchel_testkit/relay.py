"""A relay in small: calls a store as the host does, by keyword and with wrappers around."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from types import SimpleNamespace
from typing import Any

from satchel_hookspecs import AttachmentSpecs, PluginSpecs, SessionSpecs
from satchel_hookspecs.markers import KIND

SPECS = (SessionSpecs, AttachmentSpecs, PluginSpecs)

# Any: a hook may have every signature.
Call = Callable[..., Awaitable[Any]]


class Hooks(SimpleNamespace):
    """Every hook of the store as a callable that takes its arguments by keyword."""


def specs() -> dict[str, Any]:
    """Every hook of the contract with its spec, by name."""
    return {
        name: spec for each in SPECS for name, spec in vars(each).items() if hasattr(spec, KIND)
    }


STORE_HOOKS = {name: spec for name, spec in specs().items() if vars(spec)[KIND] == "store"}


def compose(hooks: Hooks, store: object, wrappers: Sequence[object]) -> Hooks:
    """Fill ``hooks`` with those that the store implements, wrappers around, outermost first."""
    for name in STORE_HOOKS:
        if not hasattr(store, name):
            continue
        call = _called(getattr(store, name))
        for wrapper in reversed(wrappers):
            if _is_around(wrapper, name):
                call = _around(getattr(wrapper, name), call)
        setattr(hooks, name, call)
    return hooks


def _is_around(wrapper: object, name: str) -> bool:
    hook = getattr(wrapper, name, None)
    return hook is not None and "call_next" in inspect.signature(hook).parameters


def _called(function: Call) -> Call:
    names = inspect.signature(function).parameters

    def call(**arguments: Any) -> Awaitable[Any]:
        return function(**{name: arguments[name] for name in names})

    return call


def _around(function: Call, inner: Call) -> Call:
    parameters = inspect.signature(function).parameters
    names = [name for name in parameters if name not in ("call_next", "store")]
    # a wrapper may ask for the label of the store that answers
    label = {"store": "store"} if "store" in parameters else {}

    def call(**arguments: Any) -> Awaitable[Any]:
        def call_next(**changed: Any) -> Awaitable[Any]:
            return inner(**{**arguments, **changed})

        given = {name: arguments[name] for name in names}
        return function(**given, **label, call_next=call_next)

    return call
