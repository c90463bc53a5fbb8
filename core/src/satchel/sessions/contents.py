"""The contents of a session: what is inside the seal."""

from dataclasses import dataclass, field, replace

from satchel.sessions.values import JSON

EPOCHS = 4


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long sessions live, in seconds.

    ``idle`` counts from the last request, ``absolute`` from the sign-in; a session that the user
    asked to keep has ``kept`` for both.
    """

    idle: int = 600
    absolute: int = 12 * 3600
    kept: int = 30 * 86400

    def __post_init__(self) -> None:
        if min(self.idle, self.absolute, self.kept) < 1:
            raise ValueError("A session has to live for at least one second.")

    @property
    def longest(self) -> int:
        """No session lives longer."""
        return max(self.absolute, self.kept)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a session holds: the values, and what the host has to know about it.

    ``seed`` is what the CSRF token comes from; ``epochs`` are those of the owner's epochs in which
    the session may live; ``keep`` says that it outlives the browser.
    """

    created: float
    seed: str = field(repr=False)
    keep: bool = False
    epochs: tuple[str, ...] = ()
    values: dict[str, JSON] = field(default_factory=dict, repr=False)

    def idle(self, lifetimes: Lifetimes) -> int:
        """How many seconds the session may wait for its next request."""
        return lifetimes.kept if self.keep else lifetimes.idle

    def left(self, lifetimes: Lifetimes, now: float) -> float:
        """How many seconds are left until the absolute end, never more than there are in all.

        A node whose clock is behind sees a session from the future; that is no reason to end it.
        """
        whole = lifetimes.kept if self.keep else lifetimes.absolute
        return min(self.created + whole - now, whole)

    def ttl(self, lifetimes: Lifetimes, now: float) -> int:
        """How many seconds a store may keep the session from now on, at least one."""
        return max(1, min(self.idle(lifetimes), int(self.left(lifetimes, now))))

    def learn(self, epoch: str) -> "Contents":
        """The same contents, which may also live in this epoch; the last few are enough."""
        return replace(self, epochs=(*self.epochs, epoch)[-EPOCHS:]) if epoch else self

    def as_json(self) -> JSON:
        """The contents as JSON that ``contents_from`` reads."""
        return {
            "created": self.created,
            "seed": self.seed,
            "keep": self.keep,
            "epochs": list(self.epochs),
            "values": self.values,
        }


def contents_from(value: JSON) -> Contents:
    """Read what ``as_json`` wrote; anything else is a ``ValueError``."""
    match value:
        case {
            "created": int() | float() as created,
            "seed": str(seed),
            "keep": bool(keep),
            "epochs": list(epochs),
            "values": dict(values),
        }:
            return Contents(created, seed, keep, tuple(str(epoch) for epoch in epochs), values)
    raise ValueError("These are not the contents of a session.")
