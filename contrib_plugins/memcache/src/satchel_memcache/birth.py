"""How long a host has been up without losing everything: a key that only grows old with it."""

from collections.abc import Callable

from satchel_memcache.host import Host

DIGITS = 15


class Birth:
    """A key in each host, added by whoever comes first after the host began empty."""

    def __init__(self, key: str, clock: Callable[[], float]) -> None:
        self._key = key
        self._clock = clock

    def greeting(self) -> bytes:
        """The command with which every connection begins: it leaves an older key as it is."""
        now = b"%d" % self._clock()
        return b"add %s 0 0 %d\r\n%s\r\n" % (self._key.encode(), len(now), now)

    async def age(self, host: Host) -> float:
        """For how many seconds the host has kept what it was given."""
        raw = (await host.look(self._key)).raw
        if raw is None:
            await host.run(lambda line: line.talk([self.greeting()]))
            return 0.0
        if len(raw) > DIGITS or not raw.isdigit():
            return 0.0
        return max(0.0, self._clock() - int(raw))
