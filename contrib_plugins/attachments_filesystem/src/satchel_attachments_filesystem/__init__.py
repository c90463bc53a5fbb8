"""Attachments as files under ``temp_dir``, in a local folder or on a share."""

from satchel_attachments_filesystem.store import FilesystemAttachments

__all__ = ["FilesystemAttachments"]
