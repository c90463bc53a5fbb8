"""The relay: turns what pluggy knows of a hook into one async callable.

pluggy does not await, and its wrappers can neither catch an awaited error nor replace an argument.
So it keeps who takes part, and the calls go through here.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pluggy

from satchel.plugins.registry import PluginManager
from satchel_hookspecs.markers import KIND, Kind

log = logging.getLogger(__name__)

# Any: a hook may have every signature; the specs type the calls.
Compiled = Callable[..., Awaitable[Any]]
Names = tuple[str, ...]
Orders = Mapping[type, Sequence[str]]


class Hooks(SimpleNamespace):
    """Every async hook as a callable that takes its arguments by keyword."""


class SlotConflict(Exception):
    """A hook that takes exactly one store has several, or none."""


def compile_hooks(manager: PluginManager, orders: Orders, hooks: Hooks | None = None) -> Hooks:
    """Freeze the relay: compile every async hook of ``manager``.

    ``orders`` names, for a class of hookspecs, the plugins that stand around its hooks, outermost
    first; nobody else does. ``hooks`` is filled when given, so that it can be handed out before.
    """
    hooks = hooks or Hooks()
    for name in manager.hook_names():
        caller = getattr(manager.hook, name)
        if inspect.iscoroutinefunction(caller.spec.function):
            setattr(hooks, name, compile_hook(name, caller, orders.get(caller.spec.namespace, ())))
    return hooks


def chain(caller: pluggy.HookCaller, order: Sequence[str]) -> tuple[list[str], list[str]]:
    """Who is asked: the plugins around, outermost first, and those inside, in calling order."""
    around, inside = _sorted_impls(caller, order)
    return [i.plugin_name for i in around], [i.plugin_name for i in inside]


def compile_hook(name: str, caller: pluggy.HookCaller, order: Sequence[str]) -> Compiled:
    """One callable for one hook, which fills in the defaults of its spec."""
    spec = caller.spec
    if spec is None:
        raise SlotConflict(f"Hook {name!r} has no spec.")
    around, inside = _sorted_impls(caller, order)
    kind, names = _kind(spec), (*spec.argnames, *spec.kwargnames)
    call = _COMPILERS[kind](name, [(impl.plugin_name, _in_order(impl, names)) for impl in inside])
    store = inside[0].plugin_name if inside and kind == "store" else ""
    for impl in reversed(around):
        call = _wrapped(impl, names, call, store)
    return _checked(name, names, dict(spec.kwargdefaults), call)


def _checked(name: str, names: Names, defaults: dict[str, Any], call: Compiled) -> Compiled:
    known = frozenset(names)

    def relayed(**arguments: Any) -> Awaitable[Any]:
        if arguments.keys() != known:
            arguments = {**defaults, **arguments}
            if arguments.keys() != known:
                raise TypeError(f"{name} takes {sorted(known)}, not {sorted(arguments)}")
        return call(*[arguments[name] for name in names])

    return relayed


def _sorted_impls(
    caller: pluggy.HookCaller, order: Sequence[str]
) -> tuple[list[pluggy.HookImpl], list[pluggy.HookImpl]]:
    impls = list(reversed(caller.get_hookimpls()))
    # pluggy's options are a closed TypedDict, ours carries one key more
    inside = [impl for impl in impls if not dict(impl.opts).get("around")]
    around = {impl.plugin_name: impl for impl in impls if dict(impl.opts).get("around")}
    return [around[name] for name in order if name in around], inside


def _kind(spec: Any) -> Kind:
    return cast(Kind, getattr(spec.function, KIND, "gather"))


def _in_order(impl: pluggy.HookImpl, names: Names) -> Compiled:
    """The implementation, called with the hook's arguments in the order of its spec."""
    function, taken = cast(Compiled, impl.function), (*impl.argnames, *impl.kwargnames)
    if taken == names:
        return function
    places = [names.index(name) for name in taken]

    def chosen(*arguments: Any, **added: Any) -> Awaitable[Any]:
        return function(*[arguments[place] for place in places], **added)

    return chosen


def _wrapped(impl: pluggy.HookImpl, names: Names, inner: Compiled, store: str) -> Compiled:
    function = _in_order(impl, names)
    if "store" in inspect.signature(impl.function).parameters.keys() - {*impl.argnames}:
        function = partial(function, store=store)

    # made once: a function with annotations costs more to make than to call
    def call_inner(arguments: tuple[Any, ...], /, **changed: Any) -> Awaitable[Any]:
        if changed:
            return inner(*{**dict(zip(names, arguments, strict=True)), **changed}.values())
        return inner(*arguments)

    def call(*arguments: Any) -> Awaitable[Any]:
        return function(*arguments, call_next=partial(call_inner, arguments))

    return call


def _store(name: str, impls: list[tuple[str, Compiled]]) -> Compiled:
    if len(impls) > 1:
        raise SlotConflict(f"Hook {name!r} has several stores: {[plugin for plugin, _ in impls]}.")
    return impls[0][1] if impls else _missing(name)


def _missing(name: str) -> Compiled:
    async def call(*arguments: Any) -> Any:
        raise SlotConflict(f"No store implements the hook {name!r}.")

    return call


def _first(name: str, impls: list[tuple[str, Compiled]]) -> Compiled:
    async def call(*arguments: Any) -> Any:
        for _, function in impls:
            answer = await function(*arguments)
            if answer is not None:
                return answer
        return None

    return call


def _gather(name: str, impls: list[tuple[str, Compiled]]) -> Compiled:
    async def call(*arguments: Any) -> Any:
        answers = [await function(*arguments) for _, function in impls]
        return [answer for answer in answers if answer is not None]

    return call


def _event(name: str, impls: list[tuple[str, Compiled]]) -> Compiled:
    async def call(*arguments: Any) -> Any:
        for plugin, function in impls:
            try:
                await function(*arguments)
            except Exception:
                log.exception("plugin %r failed in the event %r", plugin, name)

    return call


_COMPILERS: dict[Kind, Callable[[str, list[tuple[str, Compiled]]], Compiled]] = {
    "store": _store,
    "first": _first,
    "gather": _gather,
    "event": _event,
}
