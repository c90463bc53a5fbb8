"""Satchel in a harness that was written for another webmail, so that both meet the same faults.

The harness is not a part of this repository: it is two programs, `webmail_bench.py` and
`webmail_faults.py`, which drive a webmail through an adapter and a script that stops servers.
"""
