"""The two ways in which a message's bytes reach an SMTP server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from satchel.mail.dot_stuffing import DotStuffer
from satchel.mail.errors import MessageRefused, OutcomeUnknown, SmtpUnavailable
from satchel.mail.smtp_wire import Reply, SmtpWire

_WINDOW = 4


class Transfer(Protocol):
    """Hands a message over, but for the last word, which makes the server keep it."""

    async def send(self, blocks: AsyncIterator[bytes]) -> None:
        """Hand over every byte. Any error means that nothing was sent."""

    async def finish(self, seconds: float) -> Reply:
        """Say the last word and return the answer; `OutcomeUnknown` if none comes.

        `SmtpUnavailable` if the connection is known to be gone before the word is said.
        """

    def close(self) -> None:
        """Wait for nothing any more."""


class DataTransfer:
    """DATA: dots are doubled, and a dot on its own line is the last word."""

    def __init__(self, wire: SmtpWire, seconds: float) -> None:
        self._wire = wire
        self._seconds = seconds
        self._stuffer = DotStuffer()
        self._interruption: asyncio.Task[Reply] | None = None

    async def send(self, blocks: AsyncIterator[bytes]) -> None:
        """Ask for the go-ahead and stream, with an ear for a server that gives up early."""
        self._wire.write(b"DATA\r\n")
        reply = await self._wire.read_reply(self._seconds)
        if reply.code != 354:
            raise refusal(reply)
        self._interruption = asyncio.create_task(self._wire.read_reply(None))
        self._interruption.add_done_callback(_look_at)
        async for block in blocks:
            self._wire.write(self._stuffer.stuff(block))
            await self._drain()

    async def finish(self, seconds: float) -> Reply:
        """Write the dot, unless the server is known to have hung up before it."""
        end = self._stuffer.end()
        answer = self._check_uninterrupted()
        try:
            self._wire.write(end)
            return await asyncio.wait_for(answer, seconds)
        except (SmtpUnavailable, TimeoutError) as error:
            raise OutcomeUnknown from error

    def close(self) -> None:
        """Stop listening."""
        if self._interruption:
            self._interruption.cancel()

    async def _drain(self) -> None:
        answer = self._check_uninterrupted()
        drained = asyncio.create_task(self._wire.drain(self._seconds))
        try:
            await asyncio.wait({drained, answer}, return_when="FIRST_COMPLETED")
            self._check_uninterrupted()
            await drained
        finally:
            drained.cancel()
            drained.add_done_callback(_look_at)

    def _check_uninterrupted(self) -> asyncio.Task[Reply]:
        """Return the answer to come, unless the server has spoken out of turn."""
        if self._interruption is None:
            raise RuntimeError("finish() comes after send()")
        if self._interruption.done():
            raise refusal(self._interruption.result())
        _check_connected(self._wire)
        return self._interruption


class ChunkTransfer:
    """BDAT: chunks of known length, a few in flight, and an empty one is the last word."""

    def __init__(self, wire: SmtpWire, seconds: float) -> None:
        self._wire = wire
        self._seconds = seconds
        self._checker = DotStuffer()

    async def send(self, blocks: AsyncIterator[bytes]) -> None:
        """Stream the chunks and wait until each was taken."""
        in_flight = 0
        async for block in blocks:
            if not block:
                continue
            self._checker.stuff(block)
            self._wire.write(b"BDAT %d\r\n" % len(block) + block)
            await self._wire.drain(self._seconds)
            in_flight += 1
            if in_flight == _WINDOW:
                await self._read_taken()
                in_flight -= 1
        for _ in range(in_flight):
            await self._read_taken()

    async def finish(self, seconds: float) -> Reply:
        """Write the empty last chunk."""
        _check_connected(self._wire)
        try:
            self._wire.write(b"BDAT 0 LAST\r\n")
            return await self._wire.read_reply(seconds)
        except SmtpUnavailable as error:
            raise OutcomeUnknown from error

    def close(self) -> None:
        """Nothing is waited for between two steps."""

    async def _read_taken(self) -> None:
        reply = await self._wire.read_reply(self._seconds)
        if reply.code != 250:
            raise refusal(reply)


def refusal(reply: Reply) -> MessageRefused | SmtpUnavailable:
    """Return the error for an answer before the last word that is not a yes."""
    if reply.code >= 500:
        return MessageRefused(reply.text)
    return SmtpUnavailable(f"Nothing was sent. The sending server said: {reply.text}")


def _check_connected(wire: SmtpWire) -> None:
    if wire.is_lost:
        raise SmtpUnavailable("Nothing was sent. The sending server hung up.")


def _look_at(task: "asyncio.Task[Reply] | asyncio.Task[None]") -> None:
    """Take note of how a task ended, where its error has been told by other means."""
    if not task.cancelled():
        task.exception()
