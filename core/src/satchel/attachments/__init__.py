"""Attachments as the host sees them: whose they are, how large they may be, and what is in them."""

from satchel.attachments.acknowledged import Acknowledged
from satchel.attachments.attachments import Attachments, AttachmentService, Limits
from satchel.attachments.reader import OpenAttachment

__all__ = ["Acknowledged", "AttachmentService", "Attachments", "Limits", "OpenAttachment"]
