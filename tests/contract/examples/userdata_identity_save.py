"""Adds an identity with a signature, then changes it if nobody else did."""

from typing import Any


async def introduce(hooks: Any, owner: str) -> None:
    new = await hooks.userdata_identity_save(
        owner=owner, name="Anna", address="anna@example.org", signature="Regards, Anna"
    )
    await hooks.userdata_identity_save(
        owner=owner,
        id=new.id,
        name="Anna Berg",
        address=new.address,
        signature=new.signature,
        expect=new.revision,
    )
