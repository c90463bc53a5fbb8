"""Runs the harness's faults and measurements against nodes of satchel behind HAProxy.

    python -m tests.bench.peers FOLDER SESSIONS ATTACHMENTS "roundrobin(n=80)" …
    python -m tests.bench.peers FOLDER SESSIONS ATTACHMENTS keepalive compose

``FOLDER`` holds the harness; the stores are named as in ``tests/cluster/stores.py``. What has
parentheses is a fault, what has none is measured, and the results that the harness has of others
are printed after it: they are of another run. The harness asks its mail sink on port 20026 of the
loopback, so that port has to be free.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import Listener
from operator import methodcaller
from pathlib import Path

from tests.cluster.cluster import Cluster, run_cluster
from tests.cluster.ground import Ground, prepare_ground
from tests.cluster.stores import ATTACHMENTS, SESSIONS, on_stores
from tests.servers.certificates import issue_certificates
from tests.servers.databases import mariadb_pair
from tests.servers.dovecot import Dovecot
from tests.servers.ending import end_servers_on_sigterm
from tests.servers.folder import open_server_folder
from tests.servers.ports import LOOPBACK, pick_free_port
from tests.servers.process import ServerProcess
from tests.servers.site import usual_settings

ROOT = Path(__file__).parents[3]
ADAPTER = Path(__file__).with_name("adapter.py")  # found by its path: only the harness can load it
SINK_HTTP = 20026
NODES = 2
SECONDS = 1500
USERS = [f"user{number}" for number in range(3, 51)]
STEPS = {verb: methodcaller(verb) for verb in ("stop", "kill", "start")}
CONTROL = """#!{python}
import sys
from multiprocessing.connection import Client
with Client({socket!r}) as line:
    line.send(sys.argv[1:])
    sys.exit(line.recv())
"""


class HarnessSink(ServerProcess):
    """The mail server of the harness, which keeps what it gets and tells digests."""

    def __init__(self, harness: Path, folder: Path) -> None:
        """Prepare it; nothing else may listen where the harness asks it."""
        command = [sys.executable, str(harness / "roundcube" / "sink.py")]
        ports = ["--smtp-port", str(pick_free_port()), "--http-port", str(SINK_HTTP)]
        super().__init__([*command, *ports], int(ports[1]), folder / "sink.log")


def read_arguments() -> argparse.Namespace:
    """What was typed, or a complaint about it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers")
    parser.add_argument("harness", type=Path, help="the folder with webmail_faults.py")
    parser.add_argument("sessions", choices=SESSIONS)
    parser.add_argument("attachments", choices=ATTACHMENTS)
    parser.add_argument("calls", nargs="+", help='such as "roundrobin(n=80)" or keepalive')
    typed = parser.parse_args()
    if not (typed.harness / "webmail_faults.py").is_file():
        parser.error(f"There is no webmail_faults.py in {typed.harness}.")
    return typed


def run(harness: Path, sessions: str, attachments: str, calls: Sequence[str]) -> int:
    """Start everything, let the harness do its faults, and return how it ended."""
    with contextlib.ExitStack() as stack:
        folders = [stack.enter_context(open_server_folder("peers")) for _ in range(3)]
        certificates = issue_certificates(folders[0])
        dovecot = stack.enter_context(Dovecot(folders[1], certificates))
        dovecot.add_accounts(USERS)
        sink = stack.enter_context(HarnessSink(harness, folders[2]))
        pair = stack.enter_context(mariadb_pair(certificates))
        ground = stack.enter_context(prepare_ground(lambda: pair))
        usual = usual_settings(folders[0], dovecot, sink) | {
            "smtp_host": f"{LOOPBACK}:{sink.port}",
            "smtp_user": "",
            "smtp_pass": "",
            "max_message_size": "60M",
        }
        settings_of = on_stores(ground, sessions, attachments, usual)
        cluster = stack.enter_context(run_cluster(settings_of, NODES))
        script = stack.enter_context(control(servers_of(cluster, ground), folders[2]))
        options = {
            "--adapter": f"{ADAPTER}:SatchelAdapter",
            "--ctl": str(script),
            "--base": f"http://{LOOPBACK}:{cluster.port}",
            "--label": f"{sessions}.{attachments}",
            "--out": str(folders[2] / "results.json"),
        }
        typed = [f"{name}={value}" for name, value in options.items()]
        faults = [call for call in calls if "(" in call]
        works = [call for call in calls if "(" not in call]
        ended = start(harness / "webmail_faults.py", *typed, *faults) if faults else 0
        if works:
            ended = (
                start(harness / "webmail_bench.py", *typed, f"--only={','.join(works)}") or ended
            )
            print_others(harness, works)
        return ended


def start(program: Path, *arguments: str) -> int:
    """Run a program of the harness, and return how it ended."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(program), *arguments]
    return subprocess.run(command, env=environment, timeout=SECONDS, check=False).returncode


def print_others(harness: Path, works: Sequence[str]) -> None:
    """Print what the harness has measured of others, on its machine and at its time."""
    for page in sorted((harness / "results").glob("*.md")):
        sys.stdout.write(f"\n{page.stem}, as recorded (not of this run):\n")
        head = list[str]()
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith("### "):
                head = [line]
            elif line.startswith("| |"):
                head.append(line)
            elif line.startswith(tuple(f"| {work} " for work in works)):
                sys.stdout.write("".join(f"{each}\n" for each in (*head, line)))
                head = []
    sys.stdout.flush()


def servers_of(cluster: Cluster, ground: Ground) -> Mapping[str, ServerProcess]:
    """The servers by the names that the harness has for them."""
    nodes = {f"node-{letter}": node for letter, node in zip("abc", cluster.nodes, strict=False)}
    hosts = {f"mc{number}": host for number, host in enumerate(ground.memcached, 1)}
    return {"mariadb": ground.pair.primary, "replica": ground.pair.replica, **hosts, **nodes}


@contextlib.contextmanager
def control(servers: Mapping[str, ServerProcess], folder: Path) -> Iterator[Path]:
    """A script that stops, kills and starts servers, as the harness calls it."""
    socket, script = str(folder / "control.sock"), folder / "control"
    script.write_text(CONTROL.format(python=sys.executable, socket=socket))
    script.chmod(0o700)
    with Listener(socket) as listener:
        threading.Thread(target=obey, args=(listener, servers), daemon=True).start()
        yield script


def obey(listener: Listener, servers: Mapping[str, ServerProcess]) -> None:
    """Do what each call says, one after another, until the listener is closed."""
    while True:
        try:
            line = listener.accept()
        except OSError:
            return
        with line:
            verb, *names = line.recv()
            unknown = {verb} - STEPS.keys() or set(names) - servers.keys()
            if not unknown:
                for name in names:
                    STEPS[verb](servers[name])
            line.send(f"Unknown here: {', '.join(unknown)}." if unknown else None)


if __name__ == "__main__":
    end_servers_on_sigterm()
    sys.exit(run(**vars(read_arguments())))
