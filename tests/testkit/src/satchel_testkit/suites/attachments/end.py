"""How a compose is opened, kept alive and ended."""

import pytest

from satchel_hookspecs import Conflict
from satchel_testkit.attachment_suite import GROUP, OTHER, OWNER, TTL, AttachmentSuite, ref
from satchel_testkit.suite import needs


class TestEnd(AttachmentSuite):
    async def test_a_group_that_was_never_opened_takes_nothing(self) -> None:
        with pytest.raises(Conflict) as refused:
            await self.upload(b"x", ref(group="g2"))
        assert refused.value.current is None

    async def test_touching_says_whether_the_group_was_open(self) -> None:
        assert await self.open_group("g2") is False
        assert await self.open_group("g2") is True

    async def test_cleaning_up_a_group_deletes_it_and_no_other(self) -> None:
        await self.open_group("g2")
        await self.keep(b"hello")
        await self.keep(b"unsealed", ref("id2"))
        await self.keep(b"other", ref(group="g2"))

        assert await self.hooks.attachments_cleanup(owner=OWNER, group=GROUP) == 2

        assert await self.read() is None
        assert await self.listed() == []
        assert await self.read(ref(group="g2")) == b"other"
        assert await self.open_group("g2") is True

    async def test_a_group_that_was_cleaned_up_stays_closed(self) -> None:
        await self.keep(b"hello")
        await self.hooks.attachments_cleanup(owner=OWNER, group=GROUP)

        with pytest.raises(Conflict) as late:
            await self.upload(b"late", ref("id2"))
        with pytest.raises(Conflict) as touched:
            await self.open_group()
        assert (late.value.current, touched.value.current) == (None, None)
        assert await self.listed() == []

    async def test_cleaning_up_an_owner_takes_all_groups_of_that_owner(self) -> None:
        await self.open_group("g2")
        await self.open_group(owner=OTHER)
        await self.keep(b"hello")
        await self.keep(b"hello", ref(group="g2"))
        await self.keep(b"other", ref(owner=OTHER))

        assert await self.hooks.attachments_cleanup(owner=OWNER, group=None) == 2

        assert await self.listed("g2") == []
        assert await self.read(ref(owner=OTHER)) == b"other"


@needs("move_clock")
class TestExpiry(AttachmentSuite):
    async def test_what_expired_is_absent_before_it_is_swept(self) -> None:
        await self.keep(b"hello")
        self.harness.move_clock(TTL + 1)

        assert await self.stat() is None
        assert await self.read() is None
        assert await self.listed() == []
        assert (await self.hooks.attachment_usage(owner=OWNER)).count == 0
        with pytest.raises(Conflict):
            await self.keep(b"late", ref("id2"))

    async def test_the_sweep_names_what_expired(self) -> None:
        await self.keep(b"hello")
        self.harness.move_clock(TTL + 1)

        report = await self.hooks.attachment_gc(limit=100)
        again = await self.hooks.attachment_gc(limit=100)

        assert report.refs == (ref(),)
        assert again.refs == ()

    async def test_the_time_left_is_told(self) -> None:
        kept = await self.keep(b"hello")
        self.harness.move_clock(1000)

        found = await self.stat()
        assert found is not None
        assert kept.ttl == pytest.approx(TTL, abs=30)
        assert found.ttl == pytest.approx(TTL - 1000, abs=30)

    async def test_touching_extends_and_never_shortens(self) -> None:
        await self.keep(b"hello")
        await self.open_group(ttl=3 * TTL)
        await self.open_group(ttl=1)
        self.harness.move_clock(2 * TTL)

        assert (await self.hooks.attachment_gc(limit=100)).refs == ()
        assert await self.read() == b"hello"

    async def test_a_group_that_expired_is_opened_empty(self) -> None:
        await self.keep(b"hello")
        self.harness.move_clock(TTL + 1)

        assert await self.open_group() is False
        assert await self.listed() == []
        await self.keep(b"new")
        assert await self.read() == b"new"
