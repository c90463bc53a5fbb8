"""A store on the base class: each piece is a zip file, with a member for each block."""

from example_zipped.store import ZippedAttachments

__all__ = ["ZippedAttachments"]
