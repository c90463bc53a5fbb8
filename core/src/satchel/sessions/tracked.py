"""Tracked values: a mapping that knows what was changed since it was read."""

from collections.abc import Iterator, MutableMapping

from satchel.sessions.merge import merge
from satchel.sessions.values import JSON, copy_of_values, text_of


class TrackedValues(MutableMapping[str, JSON]):
    """JSON values under names; an edit deep inside a value counts as much as setting it."""

    def __init__(self, values: dict[str, JSON]) -> None:
        self.restart(values)

    def __getitem__(self, name: str) -> JSON:
        return self._values[name]

    def __setitem__(self, name: str, value: JSON) -> None:
        """Set a value; ``TypeError`` for what JSON does not carry there and back unchanged."""
        text_of({name: value})
        self._values[name] = value

    def __delitem__(self, name: str) -> None:
        del self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def is_changed(self) -> bool:
        """Whether the values are not those that were read."""
        # What JSON tells apart, so does repr; it says much sooner that nothing was changed.
        return repr(self._values) != repr(self._read) and (
            text_of(self._values) != text_of(self._read)
        )

    def restart(self, values: dict[str, JSON]) -> None:
        """Take these values as read; what was changed is forgotten."""
        self._read = values
        self._values = copy_of_values(values)

    def snapshot(self) -> dict[str, JSON]:
        """Return a copy of the values as they are now."""
        return copy_of_values(self._values)

    def settle(self, values: dict[str, JSON]) -> None:
        """Take these values, a snapshot, as read; what was changed after it stays a change."""
        self._read = values

    def rebase(self, values: dict[str, JSON]) -> None:
        """Take these values as read and make the same changes to them."""
        self._values = merge(self._read, self._values, values)
        self._read = values
