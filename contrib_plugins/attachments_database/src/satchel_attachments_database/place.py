"""The names of places and pieces, as they stand in rows."""

import re
from collections.abc import Mapping

from satchel_hookspecs import Place

_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")


def keys_of(place: Place) -> Mapping[str, str]:
    """The parameters that name a place in a statement."""
    return {"of_owner": checked(place.owner), "of_group": checked(place.group)}


def checked(name: str) -> str:
    """The name, if it is one."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an owner, a group or a piece.")
    return name
