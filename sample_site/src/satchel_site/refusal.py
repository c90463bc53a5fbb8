"""What a page answers when it cannot do what was asked."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Refusal(Exception):
    """An answer with a status and a sentence for the person at the screen."""

    status: int
    sentence: str
    more: dict[str, str | int] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence


def not_found() -> Refusal:
    """The answer for what is not there, or belongs to somebody else: both look alike."""
    return Refusal(404, "It may have been moved or deleted, or the address is mistyped.")
