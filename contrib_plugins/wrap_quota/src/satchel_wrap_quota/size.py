"""Sizes as operators write them."""

import re

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
SIZE = re.compile(r"(\d{1,15})\s*([KMGT]?)(?:i?B)?", re.IGNORECASE | re.ASCII)


def to_bytes(written: int | str) -> int:
    """Read a number of bytes, or of K, M, G or T of 1024 each; ``ValueError`` for all else."""
    match = SIZE.fullmatch(str(written).strip())
    size = int(match[1]) * UNITS[match[2].upper()] if match else 0
    if size < 1:
        raise ValueError(f'{written!r} is no size above zero such as "500M" or "25 MiB"')
    return size
