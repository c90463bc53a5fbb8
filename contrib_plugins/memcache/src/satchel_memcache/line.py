"""One connection to a memcached host; it blocks, so only the host's own thread uses it."""

import select
import socket
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any
from urllib.parse import unquote

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheUnexpectedCloseError, MemcacheUnknownError

from satchel_memcache.address import Address

TALK = b"talk"
END = b"\r\n"
LARGE = 64 * 1024
VECTORS = 512
ANSWERS = frozenset(
    {b"STORED", b"NOT_STORED", b"EXISTS", b"NOT_FOUND", b"TOUCHED", b"DELETED", b"SERVER_ERROR"}
)

Statistics = Mapping[bytes, bytes]


class Line(Client):
    """pymemcache's client: timeouts always set, answers always awaited, commands pipelined.

    A call that fails leaves no connection behind, so no answer is ever taken for another's.
    """

    def __init__(self, address: Address, timeout: float, greet: Callable[[], bytes]) -> None:
        server = address.host if address.port is None else (address.host, address.port)
        super().__init__(server, connect_timeout=timeout, timeout=timeout, default_noreply=False)
        self._deadline = timeout
        self.life = 0
        self.item_limit: int | None = None
        self._address = address
        self._greet = greet

    def fetch(self, keys: Sequence[str]) -> dict[str, tuple[bytes, bytes]]:
        """Each value that is there, with the token that ``cas`` wants."""
        found: dict[Any, tuple[bytes, bytes]] = self.gets_many(keys)  # Any: keys as they were given
        return found

    def talk(self, commands: Sequence[Sequence[bytes]], size: int = 0) -> list[bytes]:
        """Send all of these commands, each in parts, and return the line that answers each.

        ``size`` is how many bytes they keep: of many none is copied.
        """
        if self.sock is None:
            self._connect()
        whole = [b"".join(parts) for parts in commands] if size < LARGE else None
        if whole is None:
            self._send([part for parts in commands for part in parts])
        # What was sent already is not sent again: pymemcache reads a line for each.
        lines: list[bytes] = self._misc_cmd(whole or [b""] * len(commands), TALK, False)
        return lines

    def _send(self, parts: Sequence[bytes]) -> None:
        assert self.sock is not None
        left = deque(memoryview(part) for part in parts)
        try:
            while left:
                sent = self.sock.sendmsg(islice(left, VECTORS))
                while left and sent >= len(left[0]):
                    sent -= len(left.popleft())
                if sent:
                    left[0] = left[0][sent:]
        except Exception:
            self.close()
            raise

    def ask_statistics(self, *about: str) -> Statistics:
        """What the host tells of itself, in general or about one thing."""
        answer: dict[Any, bytes] = self._fetch_cmd(b"stats", about, False)  # Any: the names
        return answer

    def list_keys(self) -> Iterator[tuple[str, int, int]]:
        """Every key, until when it counts in seconds since 1970 (0: for ever), and its size.

        The hash table is walked (memcached 1.6.9 or newer): along the LRU some would be missed.
        """
        if self.sock is None:
            self._connect()
        assert self.sock is not None
        is_over = False
        try:
            self.sock.sendall(b"lru_crawler metadump hash\r\n")
            rest = b""
            while not is_over:
                received = self.sock.recv(LARGE)
                if not received:
                    raise MemcacheUnexpectedCloseError
                *lines, rest = (rest + received).split(b"\n")
                for line in lines:
                    if line.startswith(b"key="):
                        yield _parse_item(line)
                    elif line.strip() == b"END":
                        is_over = True
                    elif line.strip() != b"OK":
                        raise MemcacheUnknownError(line[:64])
        finally:
            if not is_over:
                self.close()

    def is_usable(self) -> bool:
        """Whether the line is open and silent: what speaks unasked was closed, or is garbled."""
        if self.sock is None:
            return False
        return not self._poll.poll(0)

    def abort(self) -> None:
        """From another thread: let the call that is running fail now."""
        sock = self.sock
        if sock is not None:
            with suppress(OSError):  # it may have ended by itself meanwhile
                sock.shutdown(socket.SHUT_RDWR)

    def _extract_value(
        self,
        expect_cas: bool,
        line: bytes,
        buf: bytes,
        remapped_keys: dict[bytes, Any],  # Any: keys as they were given
        prefixed_keys: list[bytes],
    ) -> tuple[Any, tuple[bytes, bytes], bytes]:
        # pymemcache's own takes 4 KB at a time, which is many steps for a block of a file.
        _, key, _, size, token = line.split()
        value, rest = self._receive(buf, int(size))
        return remapped_keys[key], (value, token), rest

    def _receive(self, buf: bytes, value: int) -> tuple[bytes, bytes]:
        """A value of so many bytes, of which ``buf`` has the first, and what comes after it."""
        size = value + len(END)
        if len(buf) >= size:
            return buf[:value], buf[size:]
        assert self.sock is not None
        whole, got = bytearray(size), len(buf)
        whole[:got] = buf
        view = memoryview(whole)
        while got < size:
            count = self.sock.recv_into(view[got:])
            if not count:
                raise MemcacheUnexpectedCloseError
            got += count
        return bytes(view[:value]), b""

    def _connect(self) -> None:
        # pymemcache's own tries one address only: "localhost" fails where ::1 is first.
        self.close()
        self.life += 1
        self.sock = self._open()
        self.sock.settimeout(self._deadline)
        self._poll = select.poll()
        self._poll.register(self.sock, select.POLLIN)
        self.item_limit = int(self.ask_statistics("settings")[b"item_size_max"])
        self.talk([[self._greet()]])

    def _open(self) -> socket.socket:
        if self._address.port is None:
            return _open_socket(self._address.host, self._deadline)
        server = (self._address.host, self._address.port)
        sock = socket.create_connection(server, self._deadline)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def _raise_errors(self, line: bytes, name: bytes) -> None:
        # A command that the server refuses says nothing about the next one of the same batch.
        if name != TALK:
            super()._raise_errors(line, name)
        elif line.partition(b" ")[0] not in ANSWERS:
            raise MemcacheUnknownError(line[:32])


def _parse_item(line: bytes) -> tuple[str, int, int]:
    told = dict(word.split("=", 1) for word in line.decode("ascii").split())
    return unquote(told["key"], errors="replace"), max(0, int(told["exp"])), int(told["size"])


def _open_socket(path: str, timeout: float) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    try:
        sock.connect(path)
    except BaseException:
        sock.close()
        raise
    return sock
