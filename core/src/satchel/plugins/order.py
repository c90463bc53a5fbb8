"""Who needs whom, and so who starts first."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from satchel.errors import Problem
from satchel.plugins.loader import Loaded

RANKS = {"session": 1, "attachments": 2, "wrappers": 3, "plugins": 4}


def circle(loaded: Mapping[str, Loaded]) -> Problem | None:
    """The problem of plugins that require each other, if some do."""
    try:
        TopologicalSorter({one.label: one.required for one in loaded.values()}).prepare()
    except CycleError as error:
        names = ", which requires ".join(f'"{label}"' for label in reversed(error.args[1]))
        return Problem(
            f"Plugins require each other in a circle: {names}.", "One of them must let go."
        )
    return None


def start_order(loaded: Mapping[str, Loaded]) -> list[Loaded]:
    """Stores, wrappers, then the others; what a plugin requires comes before it."""
    order = dict[str, Loaded]()

    def visit(plugin: Loaded) -> None:
        for label in plugin.required:
            if label in loaded and label not in order:
                visit(loaded[label])
        order.setdefault(plugin.label, plugin)

    for plugin in sorted(loaded.values(), key=lambda one: RANKS[one.wanted.kind]):
        visit(plugin)
    return list(order.values())


def with_required(labels: Iterable[str], loaded: Mapping[str, Loaded]) -> set[str]:
    """These labels, and those of all that they require, directly or not."""
    found, waiting = set[str](), list(labels)
    while waiting:
        label = waiting.pop()
        if label not in found:
            found.add(label)
            waiting += loaded[label].required if label in loaded else ()
    return found


def without(lost: Iterable[str], loaded: Mapping[str, Loaded]) -> dict[str, Loaded]:
    """What is left when ``lost`` are gone, and with them all that require them."""
    gone = set(lost)
    return {
        label: one for label, one in loaded.items() if not gone & with_required([label], loaded)
    }
