"""A store that extends the one over files, and overrides one method without any decorator."""

import asyncio

from satchel_attachments_filesystem import FilesystemAttachments
from satchel_hookspecs import PluginContext, Ref


class LedgerAttachments(FilesystemAttachments):
    """Files under ``temp_dir``, with a ledger beside them of what was deleted."""

    def __init__(self, config: FilesystemAttachments.Config, ctx: PluginContext) -> None:
        super().__init__(config, ctx)
        self._ledger = config.temp_dir / "ledger"

    async def attachment_delete(self, ref: Ref) -> bool:
        deleted = await super().attachment_delete(ref)
        if deleted:
            await asyncio.to_thread(self._note, f"{ref.owner} {ref.group} {ref.id}\n")
        return deleted

    def _note(self, line: str) -> None:
        with self._ledger.open("a") as ledger:
            ledger.write(line)
