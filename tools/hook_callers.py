"""Which modules call a hook, as their source says."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ("core/src", "sample_site/src", "contrib_plugins/*/src")
# What the relay and pluggy's own relay are called where hooks are called through them.
RELAYS = {"hooks", "_hooks", "hook", "records"}


def callers_of(names: Iterable[str]) -> dict[str, list[str]]:
    """The modules that call each of these hooks, sorted."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for source in (each for pattern in SOURCES for each in sorted(ROOT.glob(pattern))):
        for path in sorted(source.rglob("*.py")):
            module = ".".join(path.relative_to(source).with_suffix("").parts)
            for name in _called(ast.parse(path.read_text())):
                if name in found:
                    found[name].add(module.removesuffix(".__init__"))
    return {name: sorted(modules) for name, modules in found.items()}


def _called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            receiver = ast.unparse(node.value).rpartition(".")[2]
            if receiver in RELAYS:
                yield node.attr
