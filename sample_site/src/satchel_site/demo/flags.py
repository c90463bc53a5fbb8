"""The letters that a maildir keeps a message's flags as."""

from collections.abc import Iterable

from pymap.parsing.specials import Flag

# The small letters are ours to give: a maildir says what they mean beside its messages.
_LETTERS = {
    Flag(name): letter
    for name, letter in (
        (b"\\Draft", "D"),
        (b"\\Flagged", "F"),
        (b"\\Answered", "R"),
        (b"\\Seen", "S"),
        (b"\\Deleted", "T"),
        (b"$Forwarded", "a"),
        (b"$Junk", "b"),
        (b"$NotJunk", "c"),
        (b"$MDNSent", "d"),
        (b"$Important", "e"),
    )
}
_FLAGS = {letter: flag for flag, letter in _LETTERS.items()}

KNOWN = frozenset(_LETTERS)


def to_letters(flags: Iterable[Flag]) -> str:
    """Write the flags that a maildir can keep."""
    return "".join(sorted(_LETTERS[flag] for flag in flags if flag in _LETTERS))


def from_letters(letters: str) -> frozenset[Flag]:
    """Read flags; a letter that nobody has given a meaning has none."""
    return frozenset(_FLAGS[letter] for letter in letters if letter in _FLAGS)
