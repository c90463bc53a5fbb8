"""Finds a wanted plugin in the inventory and checks it, before anything of it is imported."""

from collections.abc import Sequence
from importlib.metadata import EntryPoint

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from satchel.errors import Problem
from satchel.plugins.inventory import CONTRACT, MAJOR, Installed, Inventory, Kind
from satchel.plugins.wanted import Wanted
from satchel.settings.unknown import meant

NOUNS: dict[Kind, str] = {
    "session": "session store",
    "attachments": "attachment store",
    "wrappers": "wrapper",
    "plugins": "plugin",
    "commands": "command",
}
SHIPPED: dict[Kind, frozenset[str]] = {
    "session": frozenset({"db", "memcache", "native"}),
    "attachments": frozenset({"filesystem", "database", "redundant"}),
    "wrappers": frozenset({"quota", "encrypt", "clamav", "metrics"}),
    "plugins": frozenset({"database", "memcache", "userdata"}),
}
Allow = Sequence[Requirement] | None


def find(wanted: Wanted, inventory: Inventory, allow: Allow) -> Installed | Problem:
    """Return the one installed plugin that is meant, or why there is none to load."""
    every = inventory.named(wanted.kind, wanted.name)
    fitting = [one for one in every if one.major == MAJOR]
    if not fitting:
        return _other_contract(wanted, every[0]) if every else _not_installed(wanted, inventory)
    if len(fitting) > 1:
        return duplicate(fitting)
    return refusal(fitting[0], inventory, allow) or fitting[0]


def refusal(plugin: Installed, inventory: Inventory, allow: Allow) -> Problem | None:
    """Say why an installed plugin may not be loaded, or ``None`` when it may."""
    if not plugin.contract.contains(inventory.contract, prereleases=True):
        return Problem(
            f'The {NOUNS[plugin.kind]} "{plugin.name}" of {plugin.package} needs'
            f" {CONTRACT}{plugin.contract}, but {inventory.contract} is installed.",
            f"pip install --upgrade {plugin.distribution}",
        )
    if allow is not None and not any(_allows(one, plugin) for one in allow):
        return Problem(
            f'The {NOUNS[plugin.kind]} "{plugin.name}" is of {plugin.package},'
            ' which "allow" does not list.',
            f'Add "{plugin.distribution}" to "allow" if you trust it.',
        )
    return None


def own_code(wanted: Wanted) -> EntryPoint:
    """An entry point for a class that the settings name themselves."""
    return EntryPoint(wanted.name, wanted.name, f"satchel.v{MAJOR}.{wanted.kind}")


def duplicate(plugins: Sequence[Installed]) -> Problem:
    """The problem of one name that several distributions claim."""
    packages = " and ".join(one.package for one in plugins)
    return Problem(
        f'The {NOUNS[plugins[0].kind]} "{plugins[0].name}" comes with both {packages}.',
        f"Keep one of them: pip uninstall {plugins[-1].distribution}",
    )


def _other_contract(wanted: Wanted, found: Installed) -> Problem:
    return Problem(
        f'The {NOUNS[wanted.kind]} "{wanted.name}" of {found.package} keeps contract'
        f" v{found.major}, and this host speaks v{MAJOR}.",
        f"Install a version of {found.distribution} for contract v{MAJOR}.",
    )


def _not_installed(wanted: Wanted, inventory: Inventory) -> Problem:
    noun, names = NOUNS[wanted.kind], inventory.names(wanted.kind)
    has = f"Installed: {', '.join(names)}." if names else f"No {noun} is installed at all."
    command = f"pip install {_package(wanted)}" if _package(wanted) else ""
    if wanted.name in inventory.names("plugins") and not command:
        command = f'"{wanted.name}" is a plugin: name it in "plugins".'
    return Problem(
        f'There is no {noun} "{wanted.name}", which {wanted.by} asks for. {has}',
        command or meant(wanted.name, [*names, *SHIPPED[wanted.kind]]),
    )


def _package(wanted: Wanted) -> str:
    shipped = wanted.name in SHIPPED[wanted.kind]
    return f"satchel-{wanted.label.replace('_', '-')}" if shipped else ""


def _allows(requirement: Requirement, plugin: Installed) -> bool:
    same = canonicalize_name(requirement.name) == plugin.distribution
    return same and requirement.specifier.contains(plugin.version, prereleases=True)
