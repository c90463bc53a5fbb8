"""The table of sessions, and every statement on it."""

from sqlalchemy import (
    Column,
    Double,
    LargeBinary,
    String,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from satchel_database import Database


class SessionsTable:
    """Statements made once; ``of`` is the key, ``seconds`` the time to live.

    A column's own name as a parameter sets it.
    """

    def __init__(self, database: Database) -> None:
        table = database.table(
            "sessions",
            Column("key", String(64), primary_key=True),
            Column("data", LargeBinary(2**24 - 1), nullable=False),
            Column("version", String(32), nullable=False),
            Column("owner", String(255)),
            Column("created", Double, nullable=False),
            Column("expires", Double, nullable=False),
        )
        at, now = table.c, database.now()
        ends = now + bindparam("seconds", type_=Double)
        live = and_(at.key == bindparam("of"), at.expires > now)
        over = at.expires <= now

        self.read = select(at.data, at.version, at.owner, at.expires - now).where(live)
        self.create = insert(table).values(created=now, expires=ends)
        self.take_over = update(table).where(at.key == bindparam("of"), over)
        self.take_over = self.take_over.values(created=now, expires=ends)
        self.replace = update(table).where(live, at.version == bindparam("expect"))
        self.replace = self.replace.values(expires=ends)
        self.extend = update(table).where(live).values(expires=ends)
        self.drop = delete(table).where(live)
        self.owned = select(at.key, at.created, at.expires - now)
        self.owned = self.owned.where(at.owner == bindparam("whose"), at.expires > now)
        self.owned = self.owned.order_by(at.created, at.key)
        self.expired = select(at.key).where(over).order_by(at.expires).limit(bindparam("most"))
        self.expired = self.expired.with_for_update(skip_locked=True)
        self.sweep = delete(table).where(at.key.in_(bindparam("keys", expanding=True)), over)
