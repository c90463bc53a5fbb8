"""The registry: pluggy's plugin manager, with markers that are inherited and checks at start."""

import difflib
import inspect
from collections.abc import Iterator
from typing import cast

import pluggy
from pluggy import HookimplOpts

from satchel_hookspecs import PROJECT

SPEC, IMPL = f"{PROJECT}_spec", f"{PROJECT}_impl"


class PluginManager(pluggy.PluginManager):
    """Knows the hooks and who takes part in them.

    A method that overrides a hook of a base class stays a hook, with or without its decorator, so
    that extending a store and overriding a method works as anyone would expect.
    """

    def __init__(self) -> None:
        super().__init__(PROJECT)

    def parse_hookimpl_opts(self, plugin: object, name: str) -> HookimplOpts | None:
        """Pluggy's answer, or else the marker of the method that this one overrides."""
        found = super().parse_hookimpl_opts(plugin, name)
        if found is not None or name.startswith("__"):
            return found
        cls = plugin if inspect.isclass(plugin) else type(plugin)
        if not inspect.isroutine(inspect.getattr_static(cls, name, None)):
            return None
        for base in cls.__mro__:
            marked = getattr(base.__dict__.get(name), IMPL, None)
            if isinstance(marked, dict):
                return cast(HookimplOpts, dict(marked))  # pluggy wrote it
        return None

    def hook_names(self) -> list[str]:
        """The names of all hooks that have a spec, sorted."""
        return sorted(name for name, hook in vars(self.hook).items() if hook.has_spec())

    def problems(self) -> list[str]:
        """Sentences on all that pluggy would find at a call only, or never."""
        return [*self._unknown_hooks(), *self._wrong_signatures(), *self._forgotten_markers()]

    def _unknown_hooks(self) -> Iterator[str]:
        known = self.hook_names()
        for name, hook in vars(self.hook).items():
            if hook.has_spec():
                continue
            for impl in hook.get_hookimpls():
                close = difflib.get_close_matches(name, known, 1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                yield f"Plugin {impl.plugin_name!r} implements the unknown hook {name!r}{hint}"

    def _wrong_signatures(self) -> Iterator[str]:
        for name in self.hook_names():
            spec = getattr(self.hook, name).spec
            wants_async = inspect.iscoroutinefunction(spec.function)
            for impl in getattr(self.hook, name).get_hookimpls():
                where = f"Hook {name!r} of plugin {impl.plugin_name!r}"
                if wants_async and not inspect.iscoroutinefunction(impl.function):
                    yield f"{where} has to be 'async def'."
                yield from (f"{where} {wrong}" for wrong in _wrong_arguments(impl))

    def _forgotten_markers(self) -> Iterator[str]:
        for name, plugin in self.list_name_plugin():
            for hook in self.hook_names():
                written = inspect.isroutine(inspect.getattr_static(plugin, hook, None))
                if written and self.parse_hookimpl_opts(plugin, hook) is None:
                    yield f"Plugin {name!r} has a method {hook!r} without @hookimpl."


def _wrong_arguments(impl: pluggy.HookImpl) -> Iterator[str]:
    parameters = inspect.signature(impl.function).parameters.values()
    keywords = {p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
    # pluggy's options are a closed TypedDict, ours carries one key more
    around = dict(impl.opts).get("around", False)
    if around and "call_next" not in keywords:
        yield "is around, so it needs the keyword-only argument 'call_next'."
    if not around and "call_next" in keywords:
        yield "takes 'call_next', so it has to be marked @hookimpl(around=True)."
    for name in sorted(keywords - ({"call_next", "store"} if around else {"call_next"})):
        yield f"takes {name!r} by keyword only; write it as an ordinary argument."
    for p in parameters:
        if p.default is not inspect.Parameter.empty:
            yield f"gives {p.name!r} a default; only the contract may."
