"""Which plugins the settings ask for."""

from collections.abc import Iterator
from dataclasses import dataclass

from satchel.plugins.inventory import Kind, to_label
from satchel.settings import Words


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plugin that is asked for, and by which setting or plugin."""

    kind: Kind
    name: str
    by: str

    @property
    def label(self) -> str:
        """What the plugin is called everywhere."""
        return to_label(self.kind, self.name)

    @property
    def is_own_code(self) -> bool:
        """Whether it is named as ``package.module:Class`` and needs no entry point."""
        return ":" in self.name


def wanted_plugins(words: Words) -> list[Wanted]:
    """List the plugins that are asked for, each once: stores, wrappers, others."""
    each = {one.label: one for one in reversed([*_named(words)])}
    return list(reversed(each.values()))


def session_label(words: Words) -> str:
    """The label of the store that keeps sessions."""
    return to_label("session", words.session_storage)


def attachment_label(words: Words) -> str:
    """The label of the store that keeps attachments."""
    return to_label("attachments", words.attachment_storage)


def record_label(words: Words) -> str:
    """The label of the store that keeps the host's own records."""
    return to_label("session", words.record_storage or words.session_storage)


def optional_labels(words: Words) -> set[str]:
    """The labels of the plugins that the host may start without."""
    return {to_label("plugins", name) for name in words.optional}


def orders(words: Words) -> tuple[list[str], list[str]]:
    """The labels of the wrappers around sessions, and of those around attachments."""
    return (
        [to_label("wrappers", name) for name in words.session_wrap],
        [to_label("wrappers", name) for name in words.attachment_wrap],
    )


def _named(words: Words) -> Iterator[Wanted]:
    yield Wanted("session", words.session_storage, "session_storage")
    if words.record_storage is not None:
        yield Wanted("session", words.record_storage, "record_storage")
    yield Wanted("attachments", words.attachment_storage, "attachment_storage")
    yield from (Wanted("wrappers", name, "session_wrap") for name in words.session_wrap)
    yield from (Wanted("wrappers", name, "attachment_wrap") for name in words.attachment_wrap)
    yield from (Wanted("plugins", name, "plugins") for name in words.plugins)
