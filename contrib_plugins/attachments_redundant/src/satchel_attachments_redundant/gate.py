"""The gate in front of the database: one failure closes it, and nobody waits behind it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from satchel_attachments_database import Unwritten
from satchel_hookspecs import Unavailable

Answer = TypeVar("Answer")


class Gate:
    """While it is closed callers are refused at once; ``reason`` says why it is.

    Only who has brought the database up to date may open it.
    """

    def __init__(self) -> None:
        self.reason: str | None = None

    async def let(self, step: Callable[[], Awaitable[Answer]]) -> Answer:
        """Take the step, if the gate is open; close it when the database is unavailable."""
        self.check()
        try:
            return await step()
        except Unwritten:
            raise  # the database answers
        except Unavailable as error:
            self.close(error)
            raise

    def check(self) -> None:
        """Raise ``Unavailable`` while the gate is closed."""
        if self.reason is not None:
            raise Unavailable(self.reason)

    def close(self, error: Unavailable) -> None:
        """Refuse everybody from now on."""
        self.reason = str(error)

    def open(self) -> None:
        """Let everybody through again."""
        self.reason = None
