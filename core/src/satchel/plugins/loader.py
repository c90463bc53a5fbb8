"""The loader: imports the plugins that are asked for and those that they require, no others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint

from stevedore.extension import error_on_conflict
from stevedore.named import NamedExtensionManager

from satchel.errors import Problem
from satchel.plugins.find import NOUNS, Allow, find, own_code
from satchel.plugins.inventory import MAJOR, Installed, Inventory, to_label
from satchel.plugins.wanted import Wanted

OWN_CODE = "your own code"
OptionsOf = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plugin's class, and where it came from."""

    wanted: Wanted
    cls: type
    distribution: str
    version: str
    requires: tuple[str, ...] = ()
    """The names of the plugins that it cannot be without."""

    @property
    def label(self) -> str:
        """What the plugin is called everywhere."""
        return self.wanted.label

    @property
    def required(self) -> tuple[str, ...]:
        """Their labels."""
        return tuple(to_label("plugins", name) for name in self.requires)

    @property
    def package(self) -> str:
        """The distribution that it came with, and its version."""
        return f"{self.distribution} {self.version}".rstrip()


@dataclass(frozen=True, slots=True)
class Classes:
    """What could be loaded, and why the others could not, both by label."""

    loaded: Mapping[str, Loaded]
    failed: Mapping[str, Problem]


def load_classes(
    wanted: Iterable[Wanted], inventory: Inventory, allow: Allow, options: OptionsOf
) -> Classes:
    """Load each of ``wanted``, and through ``requires`` what these need with their options."""
    loaded, failed = dict[str, Loaded](), dict[str, Problem]()
    waiting = list(wanted)
    while waiting:
        one = waiting.pop(0)
        if one.label in loaded or one.label in failed:
            continue
        found = _load(one, inventory, allow, options)
        if isinstance(found, Problem):
            failed[one.label] = found
            continue
        loaded[one.label] = found
        waiting += [Wanted("plugins", name, one.label) for name in found.requires]
    return Classes(loaded, failed)


def import_entry_point(entry_point: EntryPoint) -> object:
    """Import exactly this entry point; whatever it raises, and be it ``SystemExit``, is raised."""
    failures: list[BaseException] = []

    class Manager(NamedExtensionManager[object]):
        # Served from our own inventory: stevedore's cache can be stale and loses the distribution.
        def list_entry_points(self) -> list[EntryPoint]:
            return [entry_point]

    manager = Manager(
        entry_point.group,
        [entry_point.name],
        on_load_failure_callback=lambda _manager, _entry_point, error: failures.append(error),
        on_missing_entrypoints_callback=None,
        conflict_resolver=error_on_conflict,
    )
    if failures:
        raise failures[0]
    return manager[entry_point.name].plugin


def describe(error: BaseException) -> str:
    """Name an error and its words, on one line."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _load(
    wanted: Wanted, inventory: Inventory, allow: Allow, options: OptionsOf
) -> Loaded | Problem:
    if wanted.is_own_code:
        return _imported(wanted, own_code(wanted), None, options)
    found = find(wanted, inventory, allow)
    if isinstance(found, Problem):
        return found
    return _imported(wanted, found.entry_point, found, options)


def _imported(
    wanted: Wanted, entry_point: EntryPoint, plugin: Installed | None, options: OptionsOf
) -> Loaded | Problem:
    package = plugin.package if plugin else OWN_CODE
    who = f'The {NOUNS[wanted.kind]} "{wanted.name}" of {package}'
    try:
        cls = import_entry_point(entry_point)
    except (Exception, SystemExit) as error:  # noqa: BLE001 # a plugin's import may raise anything
        way_out = _install(error, plugin) or f"Mend or update it, or take it out of {wanted.by}."
        return Problem(f"{who} cannot be imported: {describe(error)}.", way_out)
    if not isinstance(cls, type):
        wrong = f"{who} is no class: {entry_point.value} is a {type(cls).__name__}."
        return Problem(wrong, f"Its entry point has to name a class (contract v{MAJOR}).")
    try:
        requires = _requires(cls, options(wanted.label))
    except Exception as error:  # noqa: BLE001 # a plugin may raise anything
        return Problem(f"{who} cannot say what it requires: {describe(error)}.")
    if requires is None:
        return Problem(f'{who} has a "requires" that is no tuple of names.')
    version = plugin.version if plugin else ""
    return Loaded(wanted, cls, plugin.distribution if plugin else OWN_CODE, version, requires)


def _install(error: BaseException, plugin: Installed | None) -> str:
    """What brings a library that a plugin requires and that is not there; else nothing."""
    if plugin is None or not isinstance(error, ModuleNotFoundError) or error.name is None:
        return ""
    missing, own = (name.partition(".")[0] for name in (error.name, plugin.entry_point.module))
    return f"pip install {plugin.distribution}" if missing != own else ""


def _requires(cls: type, options: object) -> tuple[str, ...] | None:
    """What the class requires; a class whose options decide that is asked with its own."""
    found: object = getattr(cls, "requires", ())
    if callable(found):
        found = found(options if isinstance(options, Mapping) else {})
    if not isinstance(found, tuple) or not all(isinstance(one, str) for one in found):
        return None
    return found
