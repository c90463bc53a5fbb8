"""A database whose clock is moved by hand, for tests of what happens when time has passed."""

from sqlalchemy import ColumnElement, Double, bindparam

from satchel_database.database import Database


class MovedDatabase(Database):
    """Its servers are as far ahead of their clock as ``clock.moved`` says at the moment.

    ``clock`` is the one of the plugin's context, and gives moved time itself.
    """

    def now(self) -> ColumnElement[float]:
        now = super().now()
        if self.config.db_dsnw.strip().lower().startswith("sqlite"):
            return now
        return now + bindparam("moved", callable_=self._moved, type_=Double, unique=True)

    def _moved(self) -> float:
        return float(getattr(self.ctx.clock, "moved", 0.0))
