"""What the suites of session stores have in common."""

from typing import ClassVar

from satchel_hookspecs import ABSENT, Conflict, Expect, SessionRecord, Version
from satchel_testkit.relay import Hooks
from satchel_testkit.suite import Suite

KEY, OTHER = "1" * 64, "2" * 64
TTL = 60


class SessionSuite(Suite):
    """Begins with nothing kept."""

    kind: ClassVar[str | None] = "session"

    async def write(
        self, data: bytes, expect: Expect, key: str = KEY, ttl: int = TTL,
        owner: str | None = None, hooks: Hooks | None = None,
    ) -> Version:  # fmt: skip
        """Write a session that is in the state ``expect``."""
        version: Version = await (hooks or self.hooks).session_write(
            key=key, data=data, expect=expect, ttl=ttl, owner=owner
        )
        return version

    async def create(
        self, data: bytes = b"1", key: str = KEY, ttl: int = TTL, owner: str | None = None
    ) -> Version:
        """Write a session that is not there yet."""
        return await self.write(data, ABSENT, key, ttl, owner)

    async def read(self, key: str = KEY, hooks: Hooks | None = None) -> SessionRecord | None:
        """The record, if there is one."""
        found: SessionRecord | None = await (hooks or self.hooks).session_read(key=key)
        return found

    async def there(self, key: str = KEY, hooks: Hooks | None = None) -> SessionRecord:
        """The record, which has to be there."""
        found = await self.read(key, hooks)
        assert found is not None, "The session is not there."
        return found

    async def conflict(self, data: bytes, expect: Expect, key: str = KEY) -> SessionRecord | None:
        """Write in vain, and return the record that the refusal shows."""
        try:
            await self.write(data, expect, key)
        except Conflict as refused:
            current = refused.current
            assert current is None or isinstance(current, SessionRecord)
            return current
        raise AssertionError("The write was not refused.")
