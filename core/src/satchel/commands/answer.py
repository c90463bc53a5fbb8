"""What a command has to say: for a person in lines, for a program in JSON."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from satchel.errors import Problem


@dataclass(frozen=True, slots=True)
class Answer:
    """``code`` is 0 when all is well; ``notes`` go to the standard error."""

    data: object
    lines: Sequence[str]
    code: int = 0
    notes: Sequence[str] = ()


def say(answer: Answer, as_json: bool) -> int:
    """Print the answer and return its code."""
    lines = [json.dumps(answer.data, indent=2, ensure_ascii=False)] if as_json else answer.lines
    complain(answer.notes)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return answer.code


def complain(lines: Iterable[str]) -> None:
    """Print to the standard error."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def as_data(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems for a program."""
    return [{"summary": one.summary, "way_out": one.way_out} for one in problems]


def as_lines(mark: str, problems: Iterable[Problem]) -> list[str]:
    """Problems for a person, the way out on a line of its own."""
    lines = list[str]()
    for one in problems:
        lines.append(f"{mark}: {one.summary}")
        lines += [f"  -> {one.way_out}"] if one.way_out else []
    return lines


def as_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
