"""The contract of satchel: hooks, values, errors, and the classes that stores extend."""

from satchel_hookspecs.attachment_store import AttachmentStore
from satchel_hookspecs.attachments import (
    Attachment,
    AttachmentSpecs,
    GcReport,
    Place,
    Progress,
    Purpose,
    Ref,
    Source,
    UploadRequest,
    Usage,
)
from satchel_hookspecs.blocks import BLOCK, Block
from satchel_hookspecs.errors import (
    ChecksumMismatch,
    Conflict,
    QuotaExceeded,
    Rejected,
    StorageFull,
    StoreError,
    TooLarge,
    Unavailable,
)
from satchel_hookspecs.markers import PROJECT, hookimpl, hookspec
from satchel_hookspecs.memory import MemoryAttachments, MemorySessions
from satchel_hookspecs.plugin import Health, PluginContext, PluginSpecs, Stage, shared
from satchel_hookspecs.position import Position, current_position, position
from satchel_hookspecs.reader import AttachmentReader
from satchel_hookspecs.session_store import SessionStore
from satchel_hookspecs.sessions import (
    ABSENT,
    Absent,
    Expect,
    PlatformSession,
    SessionInfo,
    SessionRecord,
    SessionSpecs,
    Version,
)
from satchel_hookspecs.settled import settled
from satchel_hookspecs.wrapper import AttachmentWrapper

__all__ = [
    "ABSENT",
    "BLOCK",
    "PROJECT",
    "Absent",
    "Attachment",
    "AttachmentReader",
    "AttachmentSpecs",
    "AttachmentStore",
    "AttachmentWrapper",
    "Block",
    "ChecksumMismatch",
    "Conflict",
    "Expect",
    "GcReport",
    "Health",
    "MemoryAttachments",
    "MemorySessions",
    "Place",
    "PlatformSession",
    "PluginContext",
    "PluginSpecs",
    "Position",
    "Progress",
    "Purpose",
    "QuotaExceeded",
    "Ref",
    "Rejected",
    "SessionInfo",
    "SessionRecord",
    "SessionSpecs",
    "SessionStore",
    "Source",
    "Stage",
    "StorageFull",
    "StoreError",
    "TooLarge",
    "Unavailable",
    "UploadRequest",
    "Usage",
    "Version",
    "current_position",
    "hookimpl",
    "hookspec",
    "position",
    "settled",
    "shared",
]
