"""Positions: how the furthest write that a user made travels to their next request."""

from satchel.sessions.seal import KeyRing, Place, SealBroken
from satchel.sessions.tokens import as_letters, from_letters
from satchel_hookspecs import Position

LONGEST = 2048
_PLACE = Place("position", "")


def position_from(cookie: str, keyring: KeyRing) -> Position:
    """Return the position in this cookie; a cookie that is not ours asks nothing of a replica."""
    if not cookie or len(cookie) > LONGEST:
        return Position()
    try:
        value = keyring.open(from_letters(cookie), _PLACE).value
    except (SealBroken, ValueError):
        return Position()
    seen = value if isinstance(value, dict) else {}
    return Position({name: at for name, at in seen.items() if isinstance(at, int)})


def cookie_of(position: Position, keyring: KeyRing) -> str:
    """Return the cookie that carries this position; empty when there is none to carry."""
    seen = position.as_mapping()
    return as_letters(keyring.seal({**seen}, _PLACE)) if seen else ""
