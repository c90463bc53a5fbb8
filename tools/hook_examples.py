"""The examples of the hooks' pages, and where a host's settings name each."""

import inspect
from importlib import import_module
from pathlib import Path

from satchel_hookspecs import AttachmentStore, SessionStore
from satchel_hookspecs.markers import PROJECT

FOLDER = Path(__file__).parents[1] / "tests" / "contract" / "examples"
PACKAGE = "tests.contract.examples"
IMPL = f"{PROJECT}_impl"


def example_text(hook: str) -> str:
    """The example of a hook, as it is written."""
    return (FOLDER / f"{hook}.py").read_text()


def example_names() -> list[str]:
    """The hooks that have an example."""
    return sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))


def example_class(hook: str) -> type | None:
    """The plugin of an example; ``None`` when the example calls the hook from outside."""
    module = import_module(f"{PACKAGE}.{hook}")
    classes = [one for one in vars(module).values() if inspect.isclass(one) and _is_of(module, one)]
    return classes[-1] if classes else None


def setting_of(plugin: type) -> str:
    """The setting that names a plugin of this kind."""
    if issubclass(plugin, AttachmentStore):
        return "attachment_storage"
    if issubclass(plugin, SessionStore) or hasattr(plugin, "session_platform"):
        return "session_storage"
    around = [name for name in dir(plugin) if _is_around(plugin, name)]
    if not around:
        return "plugins"
    return "session_wrap" if around[0].startswith("session_") else "attachment_wrap"


def as_settings(plugin: type, name: str) -> dict[str, object]:
    """What to write so that the plugin, called ``name``, takes part."""
    setting = setting_of(plugin)
    return {setting: name if setting.endswith("storage") else [name]}


def _is_of(module: object, plugin: type) -> bool:
    return plugin.__module__ == getattr(module, "__name__", "") and plugin.__name__[0] != "_"


def _is_around(plugin: type, name: str) -> bool:
    marks: dict[str, object] = getattr(inspect.getattr_static(plugin, name), IMPL, {})
    return bool(marks.get("around"))
