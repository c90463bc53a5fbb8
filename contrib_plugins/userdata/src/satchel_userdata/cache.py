"""Cached values, each until its time is over."""

from sqlalchemy import Double, Integer, and_, bindparam, delete, insert, select, update

from satchel_database import Database
from satchel_hookspecs import TooLarge
from satchel_userdata import checks
from satchel_userdata.rows import Put, again
from satchel_userdata.tables import Tables

LARGEST = 4 * 2**20
SWEEP_EVERY = 50
SWEEP_MOST = 500


class Cache:
    """Keeps values; now and then a write also sweeps those whose time is over."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        self._writes = 0
        table, at, now = tables.cache, tables.cache.c, database.now()
        mine = at.owner == bindparam("of_owner")
        this = and_(mine, at.name == bindparam("of_key"))
        ends = now + bindparam("seconds", type_=Double)
        self._read = select(at.value).where(this, at.expires > now)
        self._drop = delete(table).where(this)
        self._over = select(at.owner.label("of_owner"), at.name.label("of_key"))
        self._over = self._over.where(at.expires <= now).order_by(at.owner, at.name)
        self._over = self._over.limit(bindparam("most", type_=Integer))
        self._sweep = delete(table).where(this, at.expires <= now)
        self._put = Put(
            select(at.name).where(mine, at.name.in_(bindparam("keys", expanding=True))),
            insert(table).values(expires=ends),
            update(table).where(this).values(expires=ends),
        )

    async def read(self, owner: str, name: str) -> bytes | None:
        """The value, or ``None``."""
        async with self._database.read("userdata_cache") as connection:
            found = await connection.execute(self._read, _this(owner, name))
            value: bytes | None = found.scalar_one_or_none()
        return value

    async def write(self, owner: str, name: str, value: bytes, ttl: int) -> None:
        """Keep the value for ``ttl`` seconds."""
        if len(value) > LARGEST:
            raise TooLarge(LARGEST)
        _this(owner, name)
        row = {"name": name, "value": value, "seconds": ttl}

        async def put() -> None:
            async with self._database.write() as connection:
                await self._put.run(connection, owner, {name: row})

        await again(put)
        self._writes += 1
        if self._writes % SWEEP_EVERY == 0:
            await self.sweep()

    async def delete(self, owner: str, name: str) -> bool:
        """Forget the value; false when there was none."""
        async with self._database.write() as connection:
            return (await connection.execute(self._drop, _this(owner, name))).rowcount == 1

    async def sweep(self) -> None:
        """Delete values of anybody whose time is over, in the same order on every node."""
        async with self._database.write() as connection:
            over = await connection.execute(self._over, {"most": SWEEP_MOST})
            rows = [dict(row) for row in over.mappings()]
            if rows:
                await connection.execute(self._sweep, rows)


def _this(owner: str, name: str) -> dict[str, str]:
    return {"of_owner": checks.owner(owner), "of_key": checks.key(name, "a cached value")}
