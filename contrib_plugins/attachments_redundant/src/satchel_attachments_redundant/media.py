"""The media of the store, and what each is asked for."""

from collections.abc import Callable
from dataclasses import dataclass

from satchel_attachments_database import Documents, Pieces
from satchel_attachments_redundant.copies import Copies
from satchel_attachments_redundant.files import Files
from satchel_attachments_redundant.gate import Gate
from satchel_attachments_redundant.gated_rows import GatedRows
from satchel_attachments_redundant.mirror import Mirror
from satchel_attachments_redundant.owners import Owners
from satchel_attachments_redundant.standby import Standby
from satchel_database import Database
from satchel_hookspecs import PluginContext
from satchel_memcache import Memcache


@dataclass(frozen=True, slots=True)
class Media:
    """Local files, rows behind a gate, and memcached beside and in place of the rows."""

    gate: Gate
    documents: Documents
    mirror: Mirror
    owners: Owners
    files: Files
    pieces: Pieces
    rows: GatedRows
    standby: Standby
    copies: Copies
    memcache: Memcache
    clock: Callable[[], float]

    @classmethod
    def of(cls, ctx: PluginContext, files: Files, grace: float) -> "Media":
        """The media of a plugin that requires "database" and "memcache"."""
        database, memcache, gate = Database.of(ctx), Memcache.of(ctx), Gate()
        documents, pieces = Documents(database), Pieces(database, grace)
        mirror = Mirror(documents, memcache, gate, ctx)
        rows, standby = GatedRows(pieces, gate), Standby(memcache.pieces(grace), gate)
        return cls(
            gate, documents, mirror, Owners(mirror, ctx.clock), files, pieces, rows, standby,
            Copies(files, rows, standby), memcache, ctx.clock,
        )  # fmt: skip
