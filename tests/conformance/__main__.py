"""Starts the servers, proves every store on them, and prints a line a store."""

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence

from tests.conformance.proof import Finding, Proof
from tests.conformance.stores import list_proofs
from tests.servers.ending import end_servers_on_sigterm


def main() -> int:
    """Prove the stores whose line holds one of the words that were given, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("words", nargs="*", help="only stores with this in their name")
    words = parser.parse_args().words
    with contextlib.ExitStack() as servers:
        proofs = [
            each
            for each in list_proofs(servers)
            if not words or any(word in each.name for word in words)
        ]
        findings = asyncio.run(prove(proofs))
    wrong = [each for each in findings if not each.is_right]
    for each in wrong:
        sys.stderr.write(f"\n{each.name}\n{each.details()}\n")
    return 1 if wrong or not findings else 0


async def prove(proofs: Sequence[Proof]) -> list[Finding]:
    """Run as many at once as there are processors, and say each as soon as it is known."""
    turns = asyncio.Semaphore(os.cpu_count() or 1)

    async def run(proof: Proof) -> Finding:
        async with turns:
            finding = await proof.run()
        sys.stdout.write(finding.line() + "\n")
        sys.stdout.flush()
        return finding

    return list(await asyncio.gather(*map(run, proofs)))


if __name__ == "__main__":
    end_servers_on_sigterm()
    sys.exit(main())
