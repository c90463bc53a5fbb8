"""The relay: turns what pluggy knows of a hook into one async callable.

pluggy does not await, and its wrappers can neither catch an awaited error nor replace an argument.
So it keeps who takes part, and the calls go through here.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pluggy

from satchel.plugins.registry import PluginManager
from satchel_hookspecs.markers import KIND, Kind

log = logging.getLogger(__name__)

# Any: a hook may have every signature; the specs type the calls.
Arguments = dict[str, Any]
Call = Callable[[Arguments], Awaitable[Any]]
Compiled = Callable[..., Awaitable[Any]]
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
    call = _COMPILERS[_kind(spec)](name, inside)
    for impl in reversed(around):
        call = _wrapped(impl, call)
    return _checked(name, spec, call)


def _checked(name: str, spec: Any, call: Call) -> Compiled:
    names = frozenset((*spec.argnames, *spec.kwargnames))
    defaults = dict(spec.kwargdefaults)

    def relayed(**arguments: Any) -> Awaitable[Any]:
        if arguments.keys() != names:
            arguments = {**defaults, **arguments}
            if arguments.keys() != names:
                raise TypeError(f"{name} takes {sorted(names)}, not {sorted(arguments)}")
        return call(arguments)

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


def _named(impl: pluggy.HookImpl) -> tuple[str, ...]:
    return (*impl.argnames, *impl.kwargnames)


def _wrapped(impl: pluggy.HookImpl, inner: Call) -> Call:
    function, names = cast(Compiled, impl.function), _named(impl)

    def call(arguments: Arguments) -> Awaitable[Any]:
        def call_next(**changed: Any) -> Awaitable[Any]:
            return inner({**arguments, **changed} if changed else arguments)

        return function(*[arguments[name] for name in names], call_next=call_next)

    return call


def _store(name: str, impls: list[pluggy.HookImpl]) -> Call:
    if len(impls) > 1:
        raise SlotConflict(f"Hook {name!r} has several stores: {[i.plugin_name for i in impls]}.")
    if not impls:
        return _missing(name)
    function, names = cast(Compiled, impls[0].function), _named(impls[0])

    def call(arguments: Arguments) -> Awaitable[Any]:
        return function(*[arguments[name] for name in names])

    return call


def _missing(name: str) -> Call:
    async def call(arguments: Arguments) -> Any:
        raise SlotConflict(f"No store implements the hook {name!r}.")

    return call


def _first(name: str, impls: list[pluggy.HookImpl]) -> Call:
    asked = [(cast(Compiled, impl.function), _named(impl)) for impl in impls]

    async def call(arguments: Arguments) -> Any:
        for function, names in asked:
            answer = await function(*[arguments[name] for name in names])
            if answer is not None:
                return answer
        return None

    return call


def _gather(name: str, impls: list[pluggy.HookImpl]) -> Call:
    asked = [(cast(Compiled, impl.function), _named(impl)) for impl in impls]

    async def call(arguments: Arguments) -> Any:
        answers = [await function(*[arguments[n] for n in names]) for function, names in asked]
        return [answer for answer in answers if answer is not None]

    return call


def _event(name: str, impls: list[pluggy.HookImpl]) -> Call:
    told = [(impl.plugin_name, cast(Compiled, impl.function), _named(impl)) for impl in impls]

    async def call(arguments: Arguments) -> Any:
        for plugin, function, names in told:
            try:
                await function(*[arguments[n] for n in names])
            except Exception:
                log.exception("plugin %r failed in the event %r", plugin, name)

    return call


_COMPILERS: dict[Kind, Callable[[str, list[pluggy.HookImpl]], Call]] = {
    "store": _store,
    "first": _first,
    "gather": _gather,
    "event": _event,
}
