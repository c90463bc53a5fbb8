"""The throttle of sign-ins, which all nodes share."""

import math
from dataclasses import dataclass

from satchel.sessions.proxies import network_of
from satchel.sessions.records import Change, Record, Records

KIND = "throttle"


@dataclass(frozen=True, slots=True)
class Limit:
    """``free`` attempts in ``window`` seconds; each one more waits twice as long as the last.

    The first wait is ``first`` seconds, none is over ``longest``. After a quiet time of wait and
    window all is forgotten.
    """

    free: int
    window: int = 60
    first: int = 2
    longest: int = 300

    def wait(self, attempts: int) -> int:
        """How many seconds to wait after this many attempts."""
        if attempts < self.free:
            return 0
        return min(self.longest, self.first << min(attempts - self.free, 20))


PER_ACCOUNT = Limit(free=5)
PER_ADDRESS = Limit(free=30, longest=900)


class Throttle:
    """Counts sign-ins by account and by client address.

    An attempt counts as failed before the password is looked at, so that many at once do not all
    slip through; ``succeed`` takes it back. When the store is down both raise ``Unavailable``:
    nobody is locked out, and nobody may try unchecked.
    """

    def __init__(
        self, records: Records, account: Limit = PER_ACCOUNT, address: Limit = PER_ADDRESS
    ) -> None:
        self._records = records
        self._account = account
        self._address = address

    async def attempt(self, account: str, address: str) -> int:
        """Return 0 and count the attempt, or the seconds to wait before the next may be made."""
        # The address comes first, so that one which has to wait cannot lock accounts.
        waiting = await self._count(_address_id(address), self._address)
        return waiting or await self._count(_account_id(account), self._account)

    async def succeed(self, account: str, address: str) -> None:
        """Forget the attempts at this account, and of those from this address the last."""
        await self._records.update(KIND, _account_id(account), _forget_all)
        await self._records.update(KIND, _address_id(address), _forget_one)

    async def _count(self, id: str, limit: Limit) -> int:
        waiting = 0

        def count(record: Record | None) -> Change | None:
            nonlocal waiting
            waiting = _waiting(record, limit)
            if waiting:
                return None
            attempts = _attempts(record) + 1
            wait = limit.wait(attempts)
            left = math.ceil(record.ttl) if record else limit.window
            return Change(attempts, wait + limit.window if wait else max(1, left))

        await self._records.update(KIND, id, count)
        return waiting


def _waiting(record: Record | None, limit: Limit) -> int:
    """The wait is what the record lives longer than the window: only the store's clock counts."""
    if record is None or not limit.wait(_attempts(record)):
        return 0
    return max(0, min(limit.longest, math.ceil(record.ttl - limit.window)))


def _attempts(record: Record | None) -> int:
    return record.value if record and isinstance(record.value, int) else 0


def _forget_all(record: Record | None) -> Change | None:
    return Change(0, max(1, math.ceil(record.ttl))) if record else None


def _forget_one(record: Record | None) -> Change | None:
    if record is None:
        return None
    return Change(max(0, _attempts(record) - 1), max(1, math.ceil(record.ttl)))


def _account_id(account: str) -> str:
    return f"account {account.casefold()}"


def _address_id(address: str) -> str:
    return f"address {network_of(address)}"
