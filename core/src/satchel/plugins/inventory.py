"""The inventory: which plugins are installed, read from metadata and never imported."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import Literal, get_args

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

Kind = Literal["session", "attachments", "wrappers", "plugins", "commands"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CONTRACT = "satchel-hookspecs"
MAJOR = 1
OURS = "satchel.v"
GROUP = re.compile(r"satchel\.v(\d+)\.(\w+)", re.ASCII)
PREFIXES = {"session": "session_", "attachments": "attachments_", "wrappers": "wrap_"}


@dataclass(frozen=True, slots=True)
class Installed:
    """One entry point of an installed distribution.

    ``major`` and ``contract`` are the versions of the contract that it keeps, ``needs`` names the
    distributions that its own requires.
    """

    kind: Kind
    name: str
    major: int
    distribution: str
    version: str
    contract: SpecifierSet
    needs: frozenset[str]
    entry_point: EntryPoint

    @property
    def label(self) -> str:
        """What the plugin is called everywhere: in settings, messages and logs."""
        return to_label(self.kind, self.name)

    @property
    def package(self) -> str:
        """The distribution that it came with, and its version."""
        return f"{self.distribution} {self.version}"


@dataclass(frozen=True, slots=True)
class Inventory:
    """All plugins there are; ``unreadable`` names the distributions whose metadata is broken."""

    installed: tuple[Installed, ...]
    contract: str
    unreadable: tuple[str, ...] = ()

    def named(self, kind: Kind, name: str) -> list[Installed]:
        """Those of this kind and name, whatever contract they keep."""
        return [one for one in self.installed if (one.kind, one.name) == (kind, name)]

    def names(self, kind: Kind) -> list[str]:
        """The names that can be asked for, sorted."""
        return sorted({o.name for o in self.installed if o.kind == kind and o.major == MAJOR})


def read_inventory(path: Iterable[str] | None = None) -> Inventory:
    """Look at everything installed on ``path``, by default ``sys.path``.

    The metadata of whatever has no entry point of ours is not read: it may be long.
    """
    where = list(sys.path if path is None else path)
    installed, unreadable = list[Installed](), list[str]()
    for name in _names_of_plugins(where):
        # The first one on the path is what Python imports, be another one newer.
        distribution = next(iter(distributions(name=name, path=where)))
        try:
            installed += _plugins_of(distribution, name)
        except (ValueError, TypeError, AttributeError):  # what importlib.metadata lets through
            unreadable.append(name)
    installed.sort(key=lambda one: (KINDS.index(one.kind), one.name, one.distribution))
    contract = next((one.version for one in distributions(name=CONTRACT, path=where)), "")
    return Inventory(tuple(installed), contract, tuple(sorted(unreadable)))


def to_label(kind: Kind, name: str) -> str:
    """Name a plugin of a kind: ``session_db``, ``attachments_filesystem``, ``wrap_quota``.

    Other plugins go by their own name, and a class of one's own by its name in small letters.
    """
    if ":" in name:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.rpartition(":")[2]).lower()
    return (PREFIXES.get(kind, "") + name).replace("-", "_")


def _names_of_plugins(where: list[str]) -> set[str]:
    found = set[str]()
    for distribution in distributions(path=where):
        if OURS in (distribution.read_text("entry_points.txt") or ""):
            found.add(canonicalize_name(distribution.metadata["Name"] or ""))
    return found - {""}


def _plugins_of(distribution: Distribution, name: str) -> Iterator[Installed]:
    requirements = _requirements(distribution)
    for entry_point in distribution.entry_points:
        group = GROUP.fullmatch(entry_point.group)
        kind = next((kind for kind in KINDS if group and kind == group[2]), None)
        if group is None or kind is None:
            continue
        yield Installed(
            kind,
            entry_point.name.lower(),
            int(group[1]),
            name,
            distribution.version,
            requirements.get(CONTRACT, SpecifierSet()),
            frozenset(requirements),
            entry_point,
        )


def _requirements(distribution: Distribution) -> dict[str, SpecifierSet]:
    found = dict[str, SpecifierSet]()
    for line in distribution.requires or ():
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found[canonicalize_name(requirement.name)] = requirement.specifier
    return found
