"""Checks that whoever looks at bytes stands outside of whoever enciphers them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from satchel.errors import Problem
from satchel.plugins.active import Active
from satchel.plugins.inventory import PREFIXES
from satchel_hookspecs import Stage

PREFIX = PREFIXES["wrappers"]
STAGES: tuple[Stage, ...] = get_args(Stage)
NEED_CLEAR_BYTES = ("limit", "scan")


def stage_problems(active: Iterable[Active], order: Sequence[str]) -> Iterator[Problem]:
    """Find wrappers around attachments that would see enciphered bytes, and unknown stages.

    ``order`` names them outermost first; those without a stage stand where they like.
    """
    stages = {one.label: getattr(one.instance, "stage", None) for one in active}
    for label in order:
        if stages[label] is not None and stages[label] not in STAGES:
            yield Problem(
                f'"{label}" has the unknown stage {stages[label]!r}.',
                f"It may be {', '.join(STAGES)}, or None.",
            )
    enciphers = next((label for label in order if stages[label] == "encipher"), None)
    if enciphers is None:
        return
    for label in order[order.index(enciphers) + 1 :]:
        if stages[label] in NEED_CLEAR_BYTES:
            yield Problem(
                f'"{label}" stands inside "{enciphers}", so it would see enciphered bytes only.',
                f'Name it before "{enciphers.removeprefix(PREFIX)}" in "attachment_wrap"; the first'
                " is the outermost.",
            )
