# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a playbook of the collection twice against a stand-in server, and show what it did: `make demo`.

The first run changes the farm, the second finds nothing to do. Then the sessions of three stand-in servers, one of each
platform, are audited. The servers and all else that was started end with this program, also after a failure or Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from emulator.process import Emulator, EmulatorError, start
from tools.collection_tree import CACHE, ROOT, link_tree
from tools.commands import environment, tool

HERE = Path(__file__).resolve().parent
COLLECTION = "deskops.vdi"
PLAYBOOK = f"{COLLECTION}.basic_sample"
AUDIT = f"{COLLECTION}.session_audit"
# Where the audit's reports stay, for a look after the demo.
REPORTS = CACHE / "demo"
RUN_SECONDS = 120.0
STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Show:
    """How a playbook is shown. server: options of the stand-in server; variables: of the play.

    repeats: a second run finds nothing to do. What is done anew each time is shown in check mode first, then for real.
    """

    server: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    repeats: bool = True

    @property
    def runs(self) -> tuple[tuple[str, list[str]], tuple[str, list[str]]]:
        """Title and arguments of the two runs."""
        if self.repeats:
            return ("First run", []), ("Second run, nothing left to do", [])
        return ("In check mode, which tells the plan", ["--check"]), ("The run itself", [])

    @property
    def columns(self) -> tuple[str, str]:
        """What the table of requests calls the two runs."""
        return ("first run", "second run") if self.repeats else ("check mode", "the run")


SHOWS: Mapping[str, Show] = {
    f"{COLLECTION}.licensing_sample": Show(
        {"license": "none"},
        {
            "licensing_sample_email": "licenses@example.test",
            "licensing_sample_password": "license-pass",
            "licensing_sample_key": "ABCD12-EFGH34-IJKL56-MNOP78",
        },
    ),
    f"{COLLECTION}.ras_maintenance": Show(
        variables={"ras_maintenance_pool": "Office", "ras_maintenance_leave_interval": 1}, repeats=False
    ),
}
# What a run sent, by the emulator's own words, and what the table calls it.
KINDS = {"session": "sign-in", "reads": "reads", "writes": "writes"}
TROUBLE = {"refused": "refused", "faulted": "failed on purpose"}
# Of the user's own environment: they would lead the demo to another server, or through a proxy to this one.
UNWANTED = ("RAS_", "CVAD_", "FASTX_")
PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class DemoError(Exception):
    """The demo did not show what it should; the text says what."""


class Stopped(BaseException):
    """A signal asked to stop. Not an Exception: nothing on the way may take it for an error of its own."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True)
class Run:
    """One run of the playbook: what Ansible counted, the tables it showed, what reached the server."""

    totals: dict[str, int]
    lines: list[str]
    requests: dict[str, Any]

    def count(self, kind: str, operation: str | None = None) -> int:
        counts: dict[str, int] = self.requests[kind]
        return sum(counts.values()) if operation is None else counts.get(operation, 0)


def say(text: str = "") -> None:
    """Print at once: the playbook writes to the same terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def heading(text: str) -> None:
    """Print a title with a line below it."""
    say(f"\n{text}\n{'-' * len(text)}")


def stop_on_signals() -> None:
    """Let SIGINT, SIGTERM and SIGHUP run the clean-up on the way out."""

    def stop(number: int, _frame: object) -> None:
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Once is enough; an impatient second Ctrl-C must not cut the clean-up short.
            signal.signal(one, signal.SIG_IGN)
        raise Stopped(number)

    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, stop)


def play_environment(server: Emulator, scratch: Path) -> dict[str, str]:
    """What ansible-playbook sees: the server, the collection, and nothing of the user's own settings."""
    # Ansible's own Python for what runs as a module: a search could end at one that does not work.
    (scratch / "hosts").write_text(
        "localhost ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n", "utf-8"
    )
    (scratch / "ansible.cfg").write_text(f"[defaults]\ninventory = {scratch / 'hosts'}\n", "utf-8")
    full = environment(
        scratch,
        ANSIBLE_CONFIG=str(scratch / "ansible.cfg"),
        ANSIBLE_COLLECTIONS_PATH=str(link_tree()),
        ANSIBLE_CALLBACK_PLUGINS=str(HERE / "callback"),
        ANSIBLE_STDOUT_CALLBACK="brief",
        # A tilde would mean the home of the account, whatever HOME says.
        ANSIBLE_ASYNC_DIR=str(scratch / "async"),
        ANSIBLE_FORCE_COLOR=str(int(sys.stdout.isatty() and "NO_COLOR" not in os.environ)),
        DEMO_REPORT=str(scratch / "report.json"),
    )
    kept = {
        name: value for name, value in full.items() if not name.startswith(UNWANTED) and name.lower() not in PROXIES
    }
    return {**kept, **connection("RAS", server)}


def connection(prefix: str, server: Emulator) -> dict[str, str]:
    """The environment variables that name a platform's server."""
    return {
        f"{prefix}_URL": server.url,
        f"{prefix}_USERNAME": server.username,
        f"{prefix}_PASSWORD": server.password,
        f"{prefix}_CA_PATH": server.ca_path or "",
    }


@contextlib.contextmanager
def running(command: Sequence[str], cwd: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A child that does not outlive the block, whatever happens in it."""
    process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        # SIGINT first: ansible-playbook ends its workers on it.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if process.poll() is not None:
                break
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)


def run(server: Emulator, arguments: Sequence[str], scratch: Path, env: dict[str, str]) -> Run:
    """Run the playbook once; DemoError if it fails."""
    server.reset("counters")
    report = Path(env["DEMO_REPORT"])
    report.unlink(missing_ok=True)
    command = [tool("ansible-playbook"), *arguments]
    with running(command, scratch, env) as process:
        try:
            status = process.wait(RUN_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise DemoError(f"The playbook did not end within {RUN_SECONDS:.0f} s.") from error
    if status:
        raise DemoError(f"The playbook failed: ansible-playbook ended with {status}, see above.")
    found = json.loads(report.read_text(encoding="utf-8"))
    return Run(found["totals"], found["lines"], server.state())


def check(show: Show, first: Run, second: Run) -> None:
    """Whether the runs showed what the demo promises."""
    working, idle = (first, second) if show.repeats else (second, first)
    if not working.totals["changed"]:
        raise DemoError("The run that should change something changed nothing.")
    # In check mode tasks tell changes that they do not make.
    if (show.repeats and idle.totals["changed"]) or idle.count("writes"):
        raise DemoError(
            f"The other run should write nothing, but changed={idle.totals['changed']} and it sent "
            f"{idle.count('writes')} writes."
        )
    open_sessions = second.requests["admin_sessions"]
    if open_sessions:
        raise DemoError(f"{open_sessions} administrator sessions are still open.")


def request_table(runs: Sequence[Run], columns: Sequence[str]) -> list[str]:
    """How many requests of each kind and operation each run sent."""
    lines = [f"{'':30}" + "".join(f"{column:>12}" for column in columns)]

    def row(name: str, counts: Sequence[int]) -> None:
        lines.append(f"{name:30}" + "".join(f"{count:>12}" for count in counts))

    for kind, title in {**KINDS, **TROUBLE}.items():
        counts = [one.count(kind) for one in runs]
        if kind in TROUBLE and not any(counts):
            continue
        row(title, counts)
        for operation in sorted({name for one in runs for name in one.requests[kind]}):
            row(f"  {operation}", [one.count(kind, operation) for one in runs])
    return lines


def audit(ras: Emulator, scratch: Path, env: dict[str, str]) -> None:
    """Audit the farm together with a CVAD site and a FastX cluster, and name the reports."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    with start(platform="cvad", farm="demo") as cvad, start(platform="fastx") as fastx:
        heading(f"An audit of three platforms at once: ansible-playbook {AUDIT}")
        everywhere = {**env, **connection("CVAD", cvad), **connection("FASTX", fastx)}
        found = run(ras, [AUDIT, "-e", f"session_audit_folder={REPORTS}"], scratch, everywhere)
    say()
    for line in found.lines:
        say(line)


def demo(arguments: Sequence[str]) -> None:
    """Start the server, run the playbook twice, audit, show the rest."""
    show = SHOWS.get(arguments[0], Show())
    arguments = [*arguments, *(part for name, value in show.variables.items() for part in ("-e", f"{name}={value}"))]
    with (
        tempfile.TemporaryDirectory(prefix="deskops-demo-") as folder,
        start(farm="demo", recent=True, **show.server) as server,
    ):
        scratch = Path(folder)
        env = play_environment(server, scratch)
        say(f"A stand-in for a RAS farm listens on {server.url} until the demo ends.")
        runs = []
        for title, more in show.runs:
            heading(f"{title}: ansible-playbook {' '.join([*arguments, *more])}")
            runs.append(run(server, [*arguments, *more], scratch, env))
            totals = runs[-1].totals
            say(f"  ok={totals['ok']} changed={totals['changed']} failed={totals['failures']}")
        check(show, *runs)
        heading("The farm, as the second run shows it" if show.repeats else "What the run shows at its end")
        for line in runs[-1].lines:
            say(line)
        heading("Requests that reached the server")
        for line in request_table(runs, show.columns):
            say(line)
        if arguments[0] == PLAYBOOK:
            audit(server, scratch, env)
    say("\nThe stand-in servers have been stopped. README.md tells how to run the same playbooks against your own.")


def names() -> list[str]:
    """The playbooks that can be shown, by their short names; the audit comes with the Basic Sample."""
    found = {file.stem for file in (ROOT / "playbooks").glob("*.yml")}
    return sorted(found - {AUDIT.removeprefix(f"{COLLECTION}.")})


def full_name(playbook: str) -> str:
    """What ansible-playbook calls it: the play runs in a folder of its own, where the name must hold too."""
    if Path(playbook).is_file():
        return str(Path(playbook).resolve())
    short = playbook.removeprefix(f"{COLLECTION}.")
    if short == AUDIT.removeprefix(f"{COLLECTION}."):
        raise DemoError("The audit of three platforms ends the demo of the Basic Sample: make demo.")
    if short not in names():
        raise DemoError(f"There is no playbook {playbook!r}. Name one of {', '.join(names())}, or a file.")
    return f"{COLLECTION}.{short}"


def main() -> int:
    """Parse, run, and turn every end into an exit status."""
    parser = argparse.ArgumentParser(description="Run a playbook twice against a stand-in server.")
    parser.add_argument(
        "playbook", nargs="?", default=PLAYBOOK, help=f"one of {', '.join(names())}, or a file (default: %(default)s)"
    )
    options, more = parser.parse_known_args()
    stop_on_signals()
    try:
        demo([full_name(options.playbook), *more])
    except Stopped as stopped:
        say("\nInterrupted: the playbook and the stand-in server have been stopped.")
        return 128 + stopped.number
    except (DemoError, EmulatorError) as error:
        say()
        sys.stderr.write(f"The demo failed. {error}\n")
        return 1
    except BrokenPipeError:
        # The reader has gone, as `head` does; Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
