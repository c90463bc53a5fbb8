"""The merge of two edits of one thing, so that neither loses what it changed."""

from collections import Counter
from typing import Final, Literal

from satchel.sessions.values import JSON, copy_of, text_of

GONE: Final = object()  # the place of a name that is not there


def merge(base: dict[str, JSON], mine: dict[str, JSON], theirs: dict[str, JSON]) -> dict[str, JSON]:
    """Return ``theirs`` with what ``mine`` changed since ``base``, and nothing else of ``mine``.

    Objects are merged name by name and lists item by item, also where both made a new one. Where
    both changed the same number, text or shape, mine stands. The answer shares nothing with them.
    """
    merged = {}
    for name in [*theirs, *(name for name in mine if name not in theirs)]:
        places = (base.get(name, GONE), mine.get(name, GONE), theirs.get(name, GONE))
        source = _undisputed(*places)
        if source == "both":
            merged[name] = _merge_one(base.get(name), mine[name], theirs[name])
        elif source == "mine" and name in mine:
            merged[name] = copy_of(mine[name])
        elif source == "theirs" and name in theirs:
            merged[name] = copy_of(theirs[name])
    return merged


def _undisputed(base: object, mine: object, theirs: object) -> Literal["mine", "theirs", "both"]:
    if _equal(mine, base) or _equal(mine, theirs):
        return "theirs"
    if mine is GONE or theirs is GONE or _equal(theirs, base):
        return "mine"
    return "both"


def _equal(one: object, other: object) -> bool:
    if one is GONE or other is GONE:
        return one is other
    return text_of(one) == text_of(other)


def _merge_one(base: JSON, mine: JSON, theirs: JSON) -> JSON:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return dict(merge(base if isinstance(base, dict) else {}, mine, theirs))
    if isinstance(mine, list) and isinstance(theirs, list):
        return _merge_lists(base if isinstance(base, list) else [], mine, theirs)
    return copy_of(mine)


def _merge_lists(base: list[JSON], mine: list[JSON], theirs: list[JSON]) -> list[JSON]:
    before, after = Counter(map(text_of, base)), Counter(map(text_of, mine))
    kept = _without(theirs, before - after)
    return kept + _without(mine, before)


def _without(items: list[JSON], unwanted: Counter[str]) -> list[JSON]:
    left, kept = unwanted.copy(), list[JSON]()
    for item in items:
        text = text_of(item)
        if left[text] > 0:
            left[text] -= 1
        else:
            kept.append(copy_of(item))
    return kept
