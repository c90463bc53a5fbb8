"""Wrappers that every store has to work inside: one looks on, one counts, one enciphers."""

import hashlib
import inspect
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from satchel_hookspecs import (
    BLOCK,
    Attachment,
    AttachmentWrapper,
    Block,
    ChecksumMismatch,
    Conflict,
    Expect,
    PluginContext,
    SessionRecord,
    UploadRequest,
    Version,
    hookimpl,
)
from satchel_testkit.installed import load_plugin
from satchel_testkit.relay import STORE_HOOKS

# Any: whatever the hook takes and answers
Next = Callable[..., Awaitable[Any]]
Blocks = AsyncGenerator[Block, None]


class PassThrough(AttachmentWrapper):
    """Changes nothing: every block goes through its hands."""


class Counting:
    """Stands around every hook, and counts the calls that came back well."""

    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.calls = Counter[str]()


def _counted(name: str, spec: Any) -> Callable[..., Awaitable[Any]]:
    async def hook(self: Counting, *, call_next: Next, **arguments: Any) -> Any:
        answer = await call_next(**arguments)
        self.calls[name] += 1
        return answer

    arguments = inspect.signature(spec).parameters.values()
    call_next = inspect.Parameter("call_next", inspect.Parameter.KEYWORD_ONLY)
    # whoever calls a hook looks at its signature for what to hand over
    vars(hook)["__signature__"] = inspect.Signature([*arguments, call_next])
    return hookimpl(around=True)(hook)


for _name, _spec in STORE_HOOKS.items():
    setattr(Counting, _name, _counted(_name, _spec))


class Enciphering(AttachmentWrapper):
    """AES-GCM, a block bound to its attachment, its index and to being the last; sessions whole."""

    async def incoming(
        self, request: UploadRequest, start: int, blocks: AsyncIterator[Block]
    ) -> Blocks:
        cipher = self._cipher(repr(request.ref))
        async for block in blocks:
            nonce, bound = block.digest[:12], _bound(block.index, request.size)
            yield block.carrying(nonce + cipher.encrypt(nonce, block.data, bound))

    async def outgoing(self, attachment: Attachment, blocks: AsyncIterator[Block]) -> Blocks:
        cipher = self._cipher(repr(attachment.ref))
        async for block in blocks:
            data = _deciphered(cipher, block.data, _bound(block.index, attachment.total))
            yield replace(block, data=data)

    @hookimpl(around=True)
    async def session_read(self, key: str, *, call_next: Next) -> SessionRecord | None:
        return self._opened(key, await call_next())

    @hookimpl(around=True)
    async def session_write(
        self, key: str, data: bytes, expect: Expect, *, call_next: Next
    ) -> Version:
        nonce = hashlib.sha256(data).digest()[:12]
        sealed = nonce + self._cipher(key).encrypt(nonce, data, None)
        try:
            version: Version = await call_next(data=sealed)
        except Conflict as conflict:
            if isinstance(conflict.current, SessionRecord):
                raise Conflict(self._opened(key, conflict.current)) from conflict
            raise
        return version

    def _opened(self, key: str, record: SessionRecord | None) -> SessionRecord | None:
        if record is None:
            return None
        return replace(record, data=_deciphered(self._cipher(key), record.data, None))

    def _cipher(self, bound_to: str) -> AESGCM:
        return AESGCM(HKDF(SHA256(), 32, None, bound_to.encode()).derive(self.ctx.keys[0]))


def _bound(index: int, size: int | None) -> bytes:
    last = size is not None and (index + 1) * BLOCK >= size
    return b"%d %d" % (index, last)


def _deciphered(cipher: AESGCM, sealed: bytes, bound: bytes | None) -> bytes:
    try:
        return cipher.decrypt(sealed[:12], sealed[12:], bound)
    except InvalidTag as error:
        raise ChecksumMismatch("It cannot be deciphered.") from error


WRAPPINGS: dict[str, tuple[type, ...]] = {
    "plain": (),
    "passed": (PassThrough,),
    "counted": (Counting, PassThrough),
    "enciphered": (PassThrough, Enciphering),
}


def wrappers_called(name: str) -> dict[str, type]:
    """The wrappers of a wrapping, outermost first, by their labels."""
    if name in WRAPPINGS:
        return {wrapper.__name__.lower(): wrapper for wrapper in WRAPPINGS[name]}
    return {f"wrap_{one}": load_plugin("wrappers", one) for one in name.split("+")}
