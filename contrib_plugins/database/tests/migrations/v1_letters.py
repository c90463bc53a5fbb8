"""A table, and a stop in the middle when the test asks for one."""

import os
import sys

import sqlalchemy as sa
from alembic.operations import Operations

from satchel_database import Prefix

revision = "1"
down_revision = None


def upgrade(op: Operations, prefix: Prefix) -> None:
    op.create_table(prefix.name("letters"), sa.Column("id", sa.Integer, primary_key=True))
    if os.environ.get("HALT") == revision:
        os.write(1, b"half\n")
        sys.stdin.read()
