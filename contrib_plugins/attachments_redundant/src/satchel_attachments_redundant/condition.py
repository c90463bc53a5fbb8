"""The condition of a node, as an operator wants to know it."""

from collections.abc import Sequence
from pathlib import Path

from satchel_attachments_redundant.backlog import Run
from satchel_attachments_redundant.gate import Gate
from satchel_attachments_redundant.journal import Journal
from satchel_hookspecs import Health, StoreError


async def look_at(journal: Journal, gate: Gate, run: Run) -> Health | None:
    """What the journal and the gate say of a node that is not well; ``None`` when it is."""
    try:
        waiting, damaged = await run(journal.count), await run(journal.damaged)
    except StoreError as error:
        return Health("failed", f"The journal in '{journal.folder}' cannot be read: {error}")
    troubles = _troubles(gate, waiting, damaged)
    return Health("degraded", " ".join(troubles)) if troubles else None


def _troubles(gate: Gate, waiting: int, damaged: Sequence[Path]) -> list[str]:
    troubles = []
    if gate.reason is not None:
        troubles.append(f"Memcached has the database's place: {gate.reason}")
    elif waiting:
        troubles.append(f"The database lacks {waiting} changes; they are on the way.")
    if damaged:
        names = ", ".join(f"'{path}'" for path in damaged)
        troubles.append(f"The journal has damaged records, look at and delete them: {names}.")
    return troubles
