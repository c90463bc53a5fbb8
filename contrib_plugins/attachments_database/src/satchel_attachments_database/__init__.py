"""Keeps the attachments of satchel in a database."""

from satchel_attachments_database.documents import Documents
from satchel_attachments_database.errors import Unwritten
from satchel_attachments_database.pieces import Pieces, Written
from satchel_attachments_database.store import DatabaseAttachments

__all__ = ["DatabaseAttachments", "Documents", "Pieces", "Unwritten", "Written"]
