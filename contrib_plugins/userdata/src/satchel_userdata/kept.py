"""Everything that is kept, over one database."""

from sqlalchemy import delete

from satchel_database import Database
from satchel_hookspecs import PluginContext
from satchel_userdata import checks
from satchel_userdata.cache import Cache
from satchel_userdata.contacts import Contacts
from satchel_userdata.groups import Groups
from satchel_userdata.identities import Identities
from satchel_userdata.preferences import Preferences
from satchel_userdata.recipients import Recipients
from satchel_userdata.suggest import Suggestions
from satchel_userdata.tables import Tables


class Kept:
    """One attribute for each kind of thing."""

    def __init__(
        self, database: Database, ctx: PluginContext, search_seconds: float, most_contacts: int
    ) -> None:
        self._database = database
        self._tables = tables = Tables(database)
        self.preferences = Preferences(database, tables)
        self.identities = Identities(database, tables)
        self.groups = Groups(database, tables)
        self.contacts = Contacts(database, tables, self.groups, most_contacts)
        self.recipients = Recipients(database, tables)
        self.suggestions = Suggestions(database, tables, ctx, search_seconds)
        self.cache = Cache(database, tables)

    async def delete(self, owner: str) -> None:
        """Delete everything of an owner; what hangs on a contact or a group goes with it."""
        owner, tables = checks.owner(owner), self._tables
        async with self._database.write() as connection:
            for table in (
                tables.preferences,
                tables.identities,
                tables.groups,
                tables.contacts,
                tables.recipients,
                tables.cache,
            ):
                await connection.execute(delete(table).where(table.c.owner == owner))
