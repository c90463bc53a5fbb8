"""Starts the servers, proves every store on them, and prints a line a store."""

import argparse
import asyncio
import contextlib
import itertools
import os
import sys
from collections.abc import Mapping, Sequence

from tests.conformance.media import Media
from tests.conformance.proof import Finding, Proof
from tests.conformance.stores import list_proofs
from tests.servers.ending import end_servers_on_sigterm


def main() -> int:
    """Prove the stores whose line holds one of the words that were given, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("words", nargs="*", help="only stores with this in their name")
    words = parser.parse_args().words
    proofs = [
        each for each in list_proofs() if not words or any(word in each.name for word in words)
    ]
    with contextlib.ExitStack() as servers:
        media = Media(servers)
        given = [(each, media.options(each.media)) for each in proofs]
        findings = asyncio.run(prove(given))
    wrong = [each for each in findings if not each.is_right]
    for each in wrong:
        sys.stderr.write(f"\n{each.name}\n{each.details()}\n")
    return 1 if wrong or not findings else 0


async def prove(given: Sequence[tuple[Proof, Mapping[str, str]]]) -> list[Finding]:
    """Run as many at once as there are processors, and say each as soon as it is known."""
    turns = asyncio.Semaphore(os.cpu_count() or 1)

    async def run(proof: Proof, options: Mapping[str, str]) -> Finding:
        async with turns:
            finding = await proof.run(options)
        sys.stdout.write(finding.line() + "\n")
        sys.stdout.flush()
        return finding

    return list(await asyncio.gather(*itertools.starmap(run, given)))


if __name__ == "__main__":
    end_servers_on_sigterm()
    sys.exit(main())
