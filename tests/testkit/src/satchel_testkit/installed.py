"""Finds what is installed, through its entry points."""

from importlib.metadata import EntryPoint, entry_points

PREFIX = "satchel.v1"


class NotInstalled(LookupError):
    """Nothing of this name is installed, or more than one."""


def load_plugin(kind: str, name: str) -> type:
    """Import the class of a plugin: by its name, or by ``module:Class``."""
    group = f"{PREFIX}.{kind}"
    point = EntryPoint(name, name, group) if ":" in name else _only(group, name)
    found: object = point.load()
    if not isinstance(found, type):
        raise NotInstalled(f"'{name}' of the group {group} is no class but {found!r}.")
    return found


def load_harness(label: str, named: str | None = None) -> type | None:
    """Import the harness ``named``, or that of the store's distribution, if there is one."""
    if named is None and not entry_points(group=f"{PREFIX}.harnesses", name=label):
        return None
    return load_plugin("harnesses", named or label)


def _only(group: str, name: str) -> EntryPoint:
    found = list(entry_points(group=group, name=name))
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted({point.name for point in entry_points(group=group)})) or "nothing"
    count = "Nothing" if not found else "More than one plugin"
    raise NotInstalled(f"{count} called '{name}' is installed in {group}; there is {known}.")
