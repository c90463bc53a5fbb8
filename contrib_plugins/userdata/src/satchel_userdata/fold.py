"""Text as it is searched: without case, accents and punctuation, in every script."""

import hashlib
import unicodedata

WORDS = 8


def fold(*texts: str, most: int = 1000) -> str:
    """The words of the texts, each after a space, so that a word is found by how it begins."""
    plain = unicodedata.normalize("NFKD", " ".join(texts).casefold()).casefold()
    spaced = "".join(map(_spaced, plain))
    return "".join(f" {word}" for word in spaced.split())[:most]


def words_of(text: str) -> list[str]:
    """The words that were typed; they hold letters and digits alone, and so no wildcard."""
    return fold(text[:200], most=200).split()[:WORDS]


def same_key(text: str) -> str:
    """What two ways to write an address, or a name, have in common."""
    same = unicodedata.normalize("NFC", text.casefold())
    return hashlib.sha256(same.encode()).hexdigest()


def _spaced(each: str) -> str:
    if each.isalnum():
        return each
    return "" if unicodedata.category(each) == "Mn" else " "
