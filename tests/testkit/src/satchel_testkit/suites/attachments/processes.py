"""Two processes at once, and how much memory one takes for a large file."""

from satchel_testkit.attachment_suite import AttachmentSuite
from satchel_testkit.nodes import run_nodes
from satchel_testkit.suite import needs, slow

UPLOADS = 10
LARGE = 200 * 2**20
CEILING = 32 * 2**20


@needs("multi_process")
@slow
class TestProcesses(AttachmentSuite):
    async def test_uploads_of_two_processes_at_once_are_all_kept(self) -> None:
        await run_nodes(self.subject, self.harness, ["attach", "attach"], UPLOADS)

        listed = await self.listed()
        assert [one.serial for one in listed] == list(range(1, 2 * UPLOADS + 1))
        assert all(one.sealed for one in listed)
        for one in listed:
            assert await self.read(one.ref) == one.ref.id.encode()

    async def test_a_large_file_takes_little_memory(self) -> None:
        [grown] = await run_nodes(self.subject, self.harness, ["stream"], LARGE)

        assert grown < CEILING, f"{grown / 2**20:.0f} MB more for {LARGE / 2**20:.0f} MB"
