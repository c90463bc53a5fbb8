"""Extends a store, and overrides one method without any decorator."""

from satchel_hookspecs import MemoryAttachments, Ref


class Farewell(MemoryAttachments):
    async def attachment_delete(self, ref: Ref) -> bool:
        deleted = await super().attachment_delete(ref)
        if deleted:
            self.ctx.logger.info("%s is gone", ref.id)
        return deleted
