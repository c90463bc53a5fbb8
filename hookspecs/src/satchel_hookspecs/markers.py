"""How a function says that it is a place in the contract, or that it takes part in one."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar, overload

import pluggy

PROJECT = "satchel"
KIND = "satchel_kind"

Kind = Literal["store", "first", "gather", "event"]
# Any: a hook may have every signature; pluggy compares names when a plugin is registered.
Function = TypeVar("Function", bound=Callable[..., Any])

_spec = pluggy.HookspecMarker(PROJECT)
_impl = pluggy.HookimplMarker(PROJECT)


def hookspec(kind: Kind) -> Callable[[Function], Function]:
    """Declare a hook and how the host calls it.

    ``store`` has exactly one implementation and ``None`` is an ordinary answer; ``first`` asks in
    order until one answer is not ``None``; ``gather`` asks all; ``event`` tells all, after commit.
    """

    def mark(function: Function) -> Function:
        marked = _spec(function)
        vars(marked)[KIND] = kind
        return marked

    return mark


@overload
def hookimpl(function: Function) -> Function: ...
@overload
def hookimpl(*, around: bool = False) -> Callable[[Function], Function]: ...


def hookimpl(
    function: Function | None = None, *, around: bool = False
) -> Function | Callable[[Function], Function]:
    """Take part in the hook of the same name.

    With ``around=True`` the function also gets the keyword-only argument ``call_next``: awaited,
    it runs the rest of the chain; ``call_next(name=value)`` replaces an argument on the way in.
    It may also take the keyword-only argument ``store``: the label of the store that will answer,
    empty where none does.
    """

    def mark(function: Function) -> Function:
        marked = _impl(function)
        vars(marked)[f"{PROJECT}_impl"]["around"] = around
        return marked

    return mark if function is None else mark(function)
