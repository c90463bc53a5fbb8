"""The prefix of all table names, ``db_prefix``."""

import re
from dataclasses import dataclass

_FORM = re.compile(r"(?:(?P<schema>[A-Za-z_]\w*)\.)?(?P<start>(?:[A-Za-z_]\w*)?)", re.ASCII)


class PrefixError(ValueError):
    """A ``db_prefix`` that cannot begin the name of a table."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """A schema, if any, and what the name of every table and index begins with."""

    schema: str | None = None
    start: str = ""

    def name(self, plain: str) -> str:
        """The name with the prefix; the schema is given apart from it."""
        return self.start + plain


def parse_prefix(text: str) -> Prefix:
    """Read a prefix; what stands before a dot is a schema."""
    form = _FORM.fullmatch(text)
    if form is None or len(form["start"]) > 20:
        raise PrefixError(
            f'db_prefix "{text}" must be at most 20 letters, digits and "_", after a "SCHEMA.".'
        )
    return Prefix(form["schema"], form["start"])
