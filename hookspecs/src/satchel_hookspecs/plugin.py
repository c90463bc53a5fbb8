"""The life of a plugin: how it is made, started, asked for its health and ended."""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import MISSING, dataclass, field
from typing import Any, Literal

from satchel_hookspecs.markers import hookspec

HealthState = Literal["ok", "degraded", "failed"]
Stage = Literal["observe", "limit", "scan", "encipher"]
"""What a wrapper does with the bytes, in its class attribute ``stage``; ``None`` is anything else.

One that limits or scans stands outside of one that enciphers, or the host does not start.
"""
SHARED = "satchel_shared"


@dataclass(frozen=True, slots=True)
class Health:
    """How a plugin is; ``detail`` is a sentence for the operator, without secrets."""

    state: HealthState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PluginContext:
    """What the host hands to a plugin when it makes it.

    ``clock`` gives seconds since 1970; ``keys`` are 32-byte keys of this plugin alone, derived
    from the installation's secrets, the one to write with first; ``plugins`` holds the plugins
    named in the class attribute ``requires``, a tuple, or by a class method of that name, which
    gets the plugin's options as they were written; ``hooks`` is filled before any lifespan is
    entered.
    """

    name: str
    node: str
    clock: Callable[[], float]
    logger: logging.Logger
    keys: tuple[bytes, ...]
    plugins: Mapping[str, object]
    hooks: Any  # the relay: one async callable for each hook, by keyword


def shared(default: Any = MISSING) -> Any:
    """A field of a plugin's ``Config`` that is read from the top-level setting of its name."""
    return field(default=default, metadata={SHARED: True})


class PluginSpecs:
    """The hooks of a plugin's own life."""

    @hookspec("gather")
    def plugin_hookspecs(self) -> type:
        """Return a class of further hookspecs, each name prefixed with the plugin's.

        Not async: it is asked before the first event loop runs.
        """
        raise NotImplementedError

    @hookspec("gather")
    def plugin_lifespan(self, ctx: PluginContext) -> AbstractAsyncContextManager[None]:
        """Open what the plugin needs, and close it again when the host ends.

        Entered once, in the order stores, wrappers, others; left in reverse. An error here keeps
        the host from starting.
        """
        raise NotImplementedError

    @hookspec("gather")
    async def plugin_health(self) -> Health:
        """Say how the plugin is, within a second; called by readiness checks and the doctor."""
        raise NotImplementedError
