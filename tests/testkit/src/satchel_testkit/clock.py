"""The clock that the kit hands to a store."""

import time


class Clock:
    """The wall clock, moved by hand."""

    def __init__(self, moved: float = 0.0) -> None:
        self.moved = moved

    def __call__(self) -> float:
        return time.time() + self.moved
