"""The sweep takes what is over, and nothing else, whatever goes on meanwhile."""

import asyncio

from satchel_hookspecs import BLOCK, ChecksumMismatch, Purpose, Ref, Unavailable
from satchel_testkit.attachment_suite import GROUP, OWNER, TTL, AttachmentSuite, ref
from satchel_testkit.cancelled import cancelled_everywhere
from satchel_testkit.content import some_bytes
from satchel_testkit.suite import needs, unless


@needs("move_clock")
class TestSweep(AttachmentSuite):
    async def begin(self) -> None:
        await super().begin()
        await self.open_group(ttl=100 * TTL)

    async def test_the_sweep_takes_no_live_ones(self) -> None:
        content = some_bytes(65 * BLOCK)
        await self.keep(content)
        await self.upload(b"unsealed", ref("id2"))
        self.harness.move_clock(50 * TTL)

        report = await (await self.another()).attachment_gc(limit=100)

        assert (report.removed, report.refs) == (0, ())
        assert await self.read() == content
        assert await self.read(ref("id2"), purpose=Purpose.SEAL) == b"unsealed"

    @unless("expires_by_itself")
    async def test_the_sweep_takes_abandoned_bytes_once(self) -> None:
        """A call that is cancelled between its bytes and its list leaves what nobody sees."""
        uploads = cancelled_everywhere(lambda number: self.upload(b"x", ref(f"id{number}")))
        async for _ in uploads:
            pass
        await self.hooks.attachments_cleanup(owner=OWNER, group=GROUP)
        self.harness.move_clock(50 * TTL)

        await self.hooks.attachment_gc(limit=100)
        assert (await self.hooks.attachment_gc(limit=100)).removed == 0
        if self.subject.lacks("damage") is None:
            left: list[int] = []
            self.harness.damage(lambda number, frame: left.append(number) or frame)  # type: ignore[func-returns-value]
            assert left == []

    @unless("expires_by_itself")
    async def test_the_sweep_stops_at_its_limit(self) -> None:
        groups = [f"e{number}" for number in range(5)]
        for group in groups:
            await self.open_group(group)
            await self.keep(b"x", ref(group=group))
        self.harness.move_clock(TTL + 1)

        refs: list[Ref] = []
        for _ in range(10):
            report = await self.hooks.attachment_gc(limit=2)
            refs += report.refs
            assert len(report.refs) <= 2
        assert sorted(one.group for one in refs) == groups

    @unless("expires_by_itself")
    async def test_sweeps_at_once_report_each_one_once(self) -> None:
        for number in range(5):
            await self.open_group(f"e{number}")
            await self.keep(b"x", ref(group=f"e{number}"))
        self.harness.move_clock(TTL + 1)

        both = self.hooks, await self.another()
        reports = await asyncio.gather(*(one.attachment_gc(limit=100) for one in both))

        assert sorted(ref.group for report in reports for ref in report.refs) == [
            f"e{number}" for number in range(5)
        ]

    async def test_a_sweep_meanwhile_disturbs_no_upload(self) -> None:
        other, done = await self.another(), asyncio.Event()

        async def sweep() -> None:
            while not done.is_set():
                await other.attachment_gc(limit=100)
                await asyncio.sleep(0)

        sweeping = asyncio.create_task(sweep())
        for number in range(5):
            await self.keep(some_bytes(BLOCK + number), ref(f"id{number}"))
        done.set()
        await sweeping

        for number in range(5):
            assert await self.read(ref(f"id{number}")) == some_bytes(BLOCK + number)

    async def test_a_sweep_while_it_is_read_changes_no_byte(self) -> None:
        content = some_bytes(12 * BLOCK)
        await self.keep(content)
        reader = await self.hooks.attachment_get(ref=ref(), first=0, last=None, purpose="send")
        parts: list[bytes] = []

        async with reader:
            async for block in reader:
                parts.append(block.verified().data)
                await self.hooks.attachment_gc(limit=100)

        assert b"".join(parts) == content

    async def test_what_is_deleted_while_it_is_read_is_never_served_wrong(self) -> None:
        content = some_bytes(12 * BLOCK)
        await self.keep(content)
        reader = await self.hooks.attachment_get(ref=ref(), first=0, last=None, purpose="send")
        parts: list[bytes] = []

        try:
            async with reader:
                async for block in reader:
                    parts.append(block.verified().data)
                    await self.hooks.attachment_delete(ref=ref())
            assert b"".join(parts) == content
        except (ChecksumMismatch, Unavailable):
            assert content.startswith(b"".join(parts))
