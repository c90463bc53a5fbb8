"""What a store raises when it cannot keep its promise."""


class StoreError(Exception):
    """A store could not do what it was asked; nothing that it acknowledged is lost."""


class Unavailable(StoreError):
    """The store did not answer, or not in time: the outcome is unknown and trying again is safe."""


class Conflict(StoreError):
    """The thing has changed meanwhile; ``current`` is what it is now, ``None`` when it is gone."""

    def __init__(self, current: object | None, message: str = "It was changed meanwhile.") -> None:
        super().__init__(message)
        self.current = current


class TooLarge(StoreError):
    """The bytes exceed ``limit`` (in bytes)."""

    def __init__(self, limit: int, message: str | None = None) -> None:
        super().__init__(message or f"This is larger than the limit of {limit} bytes.")
        self.limit = limit


class ChecksumMismatch(StoreError):
    """The bytes are not those that were promised: damaged, missing or not the same file."""


class Rejected(StoreError):
    """A plugin looked at the file and refuses it; the message is for the user."""


class QuotaExceeded(StoreError):
    """The owner may not keep more than ``limit`` bytes."""

    def __init__(self, limit: int, message: str | None = None) -> None:
        super().__init__(message or f"Only {limit} bytes may be kept at a time.")
        self.limit = limit


class StorageFull(StoreError):
    """The medium has no room left; nothing of the call was kept."""
