"""The tables of attachments, and every statement on them.

In a statement a column's own name as a parameter sets it; ``of_owner`` and ``of_group`` say where.
"""

from sqlalchemy import (
    Column,
    CompoundSelect,
    Double,
    Integer,
    LargeBinary,
    Select,
    String,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.sql.schema import Table

from satchel_database import Database

OF_OWNER = bindparam("of_owner", type_=String)
OF_GROUP = bindparam("of_group", type_=String)
AFTER_GROUP = bindparam("after_group", type_=String)
MOST = bindparam("most", type_=Integer)
HALF = -1
"""In a statement, the ``frames`` of a piece that has none yet."""


def documents_table(database: Database) -> Table:
    """One row a compose."""
    return database.table(
        "attachment_documents",
        Column("owner", String(128), primary_key=True),
        Column("group_name", String(128), primary_key=True),
        Column("document", LargeBinary(2**24 - 1), nullable=False),
        Column("version", String(16), nullable=False),
        Column("expires", Double, nullable=False),
    )


def pieces_table(database: Database) -> Table:
    """One row a piece; ``frames`` is how many it has, known when all of them are there."""
    return database.table(
        "attachment_pieces",
        Column("piece", String(64), primary_key=True),
        Column("owner", String(128), nullable=False),
        Column("group_name", String(128), nullable=False),
        Column("frames", Integer),
        Column("written", Double, nullable=False),
        Column("due", Double, nullable=False),
    )


def frames_table(database: Database) -> Table:
    """One row a frame; they go when their piece goes."""
    return database.table(
        "attachment_frames",
        Column("piece", String(64), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("data", LargeBinary(2**24 - 1), nullable=False),
    )


class DocumentStatements:
    """What is asked of the documents, made once."""

    def __init__(self, database: Database) -> None:
        table, pieces, now = documents_table(database), pieces_table(database), database.now()
        at = table.c
        here = and_(at.owner == OF_OWNER, at.group_name == OF_GROUP)
        same = and_(here, at.version == bindparam("expect"))

        self.now = select(now)
        once = select(literal(1).label("once")).subquery()
        self.load = select(now, at.document, at.version)
        self.load = self.load.select_from(once.outerjoin(table, here))
        self.create = insert(table)
        self.replace = update(table).where(same)
        self.drop = delete(table).where(same)
        self.drop_expired = delete(table).where(here, at.expires <= now)
        self.expired = select(at.owner, at.group_name).where(at.expires <= now)
        self.expired = self.expired.order_by(at.expires).limit(MOST)
        self.places = _either(_next_places(table), _next_places(pieces))
        self.places_of_owner = _either(_next_places_of_owner(table), _next_places_of_owner(pieces))


class PieceStatements:
    """What is asked of the pieces and their frames, made once."""

    def __init__(self, database: Database) -> None:
        table, frames, now = pieces_table(database), frames_table(database), database.now()
        at = table.c
        here = and_(at.owner == OF_OWNER, at.group_name == OF_GROUP)
        this = and_(here, at.piece == bindparam("of_piece"))
        later = now + bindparam("pause", type_=Double)

        self.open = insert(table).values(written=now, due=later)
        self.add = insert(frames)
        self.finish = update(table).where(this)
        self.drop = delete(table).where(this)
        self.look_at = select(at.written, func.coalesce(at.frames, HALF), now - at.written)
        self.look_at = self.look_at.where(this)
        same = at.written == bindparam("as_written", type_=Double)
        same = and_(same, func.coalesce(at.frames, HALF) == bindparam("as_frames", type_=Integer))
        self.give_up = delete(table).where(this, same)
        self.read = select(frames.c.number, frames.c.data)
        self.read = self.read.join_from(table, frames, frames.c.piece == at.piece)
        self.read = self.read.where(this, at.frames.is_not(None))
        self.read = self.read.where(frames.c.number >= bindparam("first", type_=Integer))
        self.read = self.read.where(frames.c.number < bindparam("stop", type_=Integer))
        self.read = self.read.order_by(frames.c.number)
        self.list = select(at.piece, now - at.written).where(here)
        self.due = select(at.owner, at.group_name).where(at.due <= now)
        self.due = self.due.order_by(at.due).limit(MOST)
        self.postpone = update(table).where(here, at.due <= now).values(due=later)


def _next_places(table: Table) -> Select[str, str]:
    at, owner, group = table.c, bindparam("after_owner", type_=String), AFTER_GROUP
    after = or_(at.owner > owner, and_(at.owner == owner, at.group_name > group))
    return _page(table).where(after)


def _next_places_of_owner(table: Table) -> Select[str, str]:
    after = table.c.group_name > AFTER_GROUP
    return _page(table).where(table.c.owner == OF_OWNER, after)


def _page(table: Table) -> Select[str, str]:
    found = select(table.c.owner, table.c.group_name).distinct()
    return found.order_by(table.c.owner, table.c.group_name).limit(MOST)


def _either(*pages: Select[str, str]) -> CompoundSelect[str, str]:
    both = union(*(page.subquery().select() for page in pages))
    return both.order_by("owner", "group_name").limit(MOST)
