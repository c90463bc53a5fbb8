"""The page about the sizes of stores names each of them, with about as many lines as it has."""

import re

from tools.store_lines import PAGE, UPDATE, count_lines, sizes

ROW = re.compile(r"^\| (\S+:\S+) \| `(\S+)` \| (\d+) \|", re.MULTILINE)
SLACK = 40
CODE = '''"""A module."""

import os  # for the path


def f(
    a: int,
) -> str:
    """A docstring

    of several lines.
    """
    # a comment
    return os.path.join(
        "a",
        str(a),
    )
'''


def test_every_store_stands_on_the_page_with_its_size() -> None:
    written = {label: int(lines) for label, _, lines in ROW.findall(PAGE.read_text())}

    assert sorted(written) == [size.label for size in sizes()], f"Type: {UPDATE}"
    for size in sizes():
        off = abs(size.lines - written[size.label])
        assert off <= max(SLACK, size.lines // 4), f"{size.label} has {size.lines}: {UPDATE}"


def test_only_lines_with_code_are_counted() -> None:
    assert count_lines(CODE) == 8
