"""Checks that each slot has its one store, and that wrappers stand where the settings say."""

from collections.abc import Iterator, Mapping, Sequence

from satchel.errors import Problem
from satchel.plugins.active import Active
from satchel.plugins.registry import PluginManager
from satchel.plugins.relay import chain
from satchel.plugins.wanted import attachment_label, record_label, session_label
from satchel.settings import Words
from satchel_hookspecs import AttachmentSpecs, SessionSpecs
from satchel_hookspecs.markers import KIND

PLATFORM = "platform"
PLATFORM_HOOK = "session_platform"
LISTS: dict[type, str] = {SessionSpecs: "session_wrap", AttachmentSpecs: "attachment_wrap"}


def slot_problems(
    manager: PluginManager, active: Sequence[Active], words: Words
) -> Iterator[Problem]:
    """Find what is wrong with the two stores."""
    stores = {one.label: one for one in active}
    sessions, attachments = session_label(words), attachment_label(words)
    names = {PLATFORM_HOOK} if _is_platform(stores[sessions]) else _session_hooks()
    yield from _missing(manager, names, stores[sessions])
    yield from _others(manager, _session_hooks() | {PLATFORM_HOOK}, sessions)
    yield from _missing(manager, _store_hooks(AttachmentSpecs), stores[attachments])
    yield from _others(manager, _store_hooks(AttachmentSpecs), attachments)


def record_problems(
    manager: PluginManager, active: Sequence[Active], words: Words
) -> Iterator[Problem]:
    """Find what is wrong with the store of the host's own records."""
    store = next(one for one in active if one.label == record_label(words))
    if _is_platform(store):
        yield Problem(
            f'"{store.label}" leaves sessions to the platform, so it cannot keep records.',
            'Name another session store in "record_storage".',
        )
    elif record_label(words) != session_label(words):
        yield from _missing(manager, _session_hooks(), store)


def around_problems(
    manager: PluginManager, active: Sequence[Active], orders: Mapping[type, Sequence[str]]
) -> Iterator[Problem]:
    """Find wrappers that wrap nothing, and plugins that would wrap without being asked to."""
    kinds = {one.label: one.kind for one in active}
    for spec, order in orders.items():
        around = _around(manager, spec)
        for label in order:
            if label not in around:
                yield Problem(
                    f'"{label}" is in "{LISTS[spec]}" but stands around none of its hooks.',
                    f'Take it out of "{LISTS[spec]}".',
                )
        for label in sorted(around - {*order}):
            if kinds[label] != "wrappers":
                yield Problem(
                    f'"{label}" wants to stand around hooks, but it is no wrapper.',
                    "Its entry point belongs into the group satchel.v1.wrappers.",
                )


def _is_platform(store: Active) -> bool:
    return PLATFORM in store.capabilities


def _session_hooks() -> set[str]:
    return _store_hooks(SessionSpecs) - {PLATFORM_HOOK}


def _store_hooks(spec: type) -> set[str]:
    return {name for name, one in vars(spec).items() if getattr(one, KIND, "") == "store"}


def _missing(manager: PluginManager, names: set[str], store: Active) -> Iterator[Problem]:
    missing = sorted(name for name in names if store.label not in _inside(manager, name))
    if missing:
        yield Problem(
            f'The store "{store.label}" of {store.package} lacks {", ".join(missing)}.',
            "It has to extend SessionStore or AttachmentStore, or to implement them itself.",
        )


def _others(manager: PluginManager, names: set[str], store: str) -> Iterator[Problem]:
    for name in sorted(names):
        for label in _inside(manager, name):
            if label != store:
                yield Problem(
                    f'"{label}" implements {name}, which is for the store "{store}" alone.'
                )


def _inside(manager: PluginManager, name: str) -> list[str]:
    return chain(getattr(manager.hook, name), ())[1]


def _around(manager: PluginManager, spec: type) -> set[str]:
    found = set[str]()
    for name in manager.hook_names():
        caller = getattr(manager.hook, name)
        if caller.spec.namespace is spec:
            impls = caller.get_hookimpls()
            found |= {i.plugin_name for i in impls if dict(i.opts).get("around")}
    return found
