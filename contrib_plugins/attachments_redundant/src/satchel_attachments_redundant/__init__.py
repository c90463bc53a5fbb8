"""Keeps the attachments of satchel twice: on the local disk and in a database."""

from satchel_attachments_redundant.store import RedundantAttachments

__all__ = ["RedundantAttachments"]
