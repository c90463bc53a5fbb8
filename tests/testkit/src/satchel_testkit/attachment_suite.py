"""What the suites of attachment stores have in common."""

from collections.abc import Iterable
from typing import ClassVar

from satchel_hookspecs import Attachment, Block, Progress, Purpose, Ref, UploadRequest
from satchel_testkit.content import cut, digest, stream
from satchel_testkit.relay import Hooks
from satchel_testkit.suite import Suite

OWNER, OTHER, GROUP = "a" * 32, "b" * 32, "g1"
TTL = 3600


def ref(id: str = "id1", group: str = GROUP, owner: str = OWNER) -> Ref:
    """A reference to an attachment of the group that is open."""
    return Ref(owner, group, id)


def asking(
    at: Ref, size: int | None, position: int = 0, filename: str = "report.pdf"
) -> UploadRequest:
    """What a host would say of an upload."""
    return UploadRequest(at, filename, "application/pdf", size, position=position)


class AttachmentSuite(Suite):
    """Begins with an open group."""

    kind: ClassVar[str | None] = "attachments"

    async def begin(self) -> None:
        await super().begin()
        await self.open_group()

    async def open_group(self, group: str = GROUP, owner: str = OWNER, ttl: int = TTL) -> bool:
        """Keep a group open; false when it was not before."""
        known: bool = await self.hooks.attachments_touch(owner=owner, group=group, ttl=ttl)
        return known

    async def upload(
        self, content: bytes, at: Ref | None = None, start: int = 0, position: int = 0,
        hooks: Hooks | None = None,
    ) -> Progress:  # fmt: skip
        """Upload the content from block ``start`` on, and leave it unsealed."""
        blocks = cut(content, start)
        return await self.pour(blocks, len(content), at, start, position, hooks=hooks)

    async def pour(
        self, blocks: Iterable[Block], size: int | None, at: Ref | None = None, start: int = 0,
        position: int = 0, end: BaseException | None = None, hooks: Hooks | None = None,
    ) -> Progress:  # fmt: skip
        """Upload these blocks of a file of ``size`` bytes; then break off with ``end``."""
        asked = asking(at or ref(), size, position)
        progress: Progress = await (hooks or self.hooks).attachment_upload(
            request=asked, start=start, blocks=stream(blocks, end)
        )
        return progress

    async def seal(
        self, content: bytes, at: Ref | None = None, hooks: Hooks | None = None
    ) -> Attachment:
        """Seal what holds the content."""
        attachment: Attachment = await (hooks or self.hooks).attachment_seal(
            ref=at or ref(), size=len(content), sha256=digest(content)
        )
        return attachment

    async def keep(
        self, content: bytes, at: Ref | None = None, position: int = 0, hooks: Hooks | None = None
    ) -> Attachment:
        """Upload the content and seal it."""
        await self.upload(content, at, position=position, hooks=hooks)
        return await self.seal(content, at, hooks)

    async def read(
        self, at: Ref | None = None, first: int = 0, last: int | None = None,
        purpose: Purpose = Purpose.SEND, hooks: Hooks | None = None,
    ) -> bytes | None:  # fmt: skip
        """The client's bytes of the asked blocks, each verified as the host does."""
        reader = await (hooks or self.hooks).attachment_get(
            ref=at or ref(), first=first, last=last, purpose=purpose
        )
        if reader is None:
            return None
        async with reader:
            return b"".join([block.verified().data async for block in reader])

    async def stat(self, at: Ref | None = None, hooks: Hooks | None = None) -> Attachment | None:
        """What is known of it."""
        found: Attachment | None = await (hooks or self.hooks).attachment_stat(ref=at or ref())
        return found

    async def listed(self, group: str = GROUP, hooks: Hooks | None = None) -> list[Attachment]:
        """The group's list."""
        found = await (hooks or self.hooks).attachment_list(owner=OWNER, group=group)
        return list(found)
