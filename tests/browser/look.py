"""How somebody looks at the site."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Look:
    """The circumstances of a page: screen, colours, language, and whether scripts run."""

    javascript: bool = True
    width: int = 1440
    height: int = 900
    touch: bool = False
    color_scheme: Literal["light", "dark"] = "light"
    locale: str = "en-GB"


WIDE = Look()
DARK = Look(color_scheme="dark")
NARROW = Look(width=390, height=844, touch=True)
SMALLEST = Look(width=320, height=640, touch=True)
PLAIN = Look(javascript=False)
