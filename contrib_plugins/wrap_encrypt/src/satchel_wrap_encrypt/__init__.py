"""Attachments enciphered before any store sees them, block by block."""

from satchel_wrap_encrypt.encrypt import Encrypt

__all__ = ["Encrypt"]
