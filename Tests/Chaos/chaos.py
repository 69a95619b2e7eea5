#!/usr/bin/env python3
"""Load for minutes on two instances, while everything is killed, stopped and frozen in turn.

    chaos.py BIN_DIR [--seed N] [--minutes N]

The faults follow from the seed. In the end every acknowledged call is there exactly once, every board is right, the audit
and the copies in the other stores agree with PostgreSQL; otherwise the exit status is 1. Prints a table.
"""
import argparse
import collections
import os
import random
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, ROOT + "/Tests/Boot")
from load import Connection, Load, Lost  # noqa: E402

STORES = ("postgres", "redis", "mongo")


class Daemon:
    """One instance: a process, and its socket."""

    def __init__(self, number, program, environment, folder):
        self.program = program
        self.socket = f"{folder}/rpc{number}.sock"
        self.log = open(f"{folder}/clinicd{number}.log", "ab")
        self.environment = environment | {"CLINIC_SOCKET": self.socket}
        self.process = None

    def start(self):
        self.process = subprocess.Popen([self.program], env=self.environment, stderr=self.log, stdout=self.log)

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait(60)

    def is_well(self):
        """Whether it answers, and all of its stores do."""
        try:
            connection = Connection(self.socket, timeout=2)
            health = connection.call("system.health", {})["result"]
            connection.close()
            return all(store["state"] == "up" for store in health["stores"])
        except (Lost, OSError, KeyError):
            return False


class Chaos:
    def __init__(self, binaries, folder, generator):
        self.folder = folder
        self.generator = generator
        self.stack("up")
        environment = {"PATH": os.environ["PATH"]}
        for line in self.stack("env").splitlines():
            name, value = line.removeprefix("export ").split("=", 1)
            environment[name] = shlex.split(value)[0]
        environment |= {
            "SECRET_KEY": secrets.token_hex(32),
            "CLINIC_AUDIT_KEY": secrets.token_hex(32),
            "CLINIC_TCP_ADDRESS": "none",
            "CLINIC_WEB_ADDRESS": "none",
            "CLINIC_MIGRATE_AT_START": "yes",
            "CLINIC_STATE_DIRECTORY": folder,
            "CLINIC_ROLES": f"{os.getuid()}=ADMIN",
        }
        self.daemons = [Daemon(n, binaries + "/clinicd", environment, folder) for n in range(2)]

    def stack(self, *arguments):
        command = [ROOT + "/scripts/stack", *arguments, self.folder]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def faults(self):
        """Without end: a name, and a generator that does it before its yield and undoes it after."""
        kinds = [(self.store, store, way) for store in STORES for way in ("kill", "stop", "freeze")]
        kinds += [(self.instance, n, way) for n in range(2) for way in ("kill", "stop", "freeze")]
        while True:
            self.generator.shuffle(kinds)
            for function, target, way in kinds:
                name = target if function == self.store else "clinicd"
                yield f"{way} {name}", function(target, way)

    def store(self, name, way):
        self.stack(way, name)
        yield
        self.stack("thaw" if way == "freeze" else "start", name)

    def instance(self, number, way):
        daemon = self.daemons[number]
        if way == "freeze":
            daemon.process.send_signal(signal.SIGSTOP)
            yield
            daemon.process.send_signal(signal.SIGCONT)
        else:
            daemon.end(signal.SIGKILL if way == "kill" else signal.SIGTERM)
            yield
            daemon.start()

    def wait_until_well(self, limit):
        started = time.monotonic()
        while not all(daemon.is_well() for daemon in self.daemons):
            if time.monotonic() - started > limit:
                raise SystemExit(f"chaos: not well again after {limit} s; logs are in {self.folder}")
            time.sleep(0.05)
        return time.monotonic() - started

    def run(self, seconds):
        for daemon in self.daemons:
            daemon.start()
        self.wait_until_well(60)
        load = Load([daemon.socket for daemon in self.daemons], clients=16, boards=6, timeout=15)
        rows = collections.defaultdict(lambda: {"times": 0, "calls": 0, "codes": collections.Counter(), "recovery": 0.0})
        end = time.monotonic() + seconds
        for name, fault in self.faults():
            if time.monotonic() > end:
                break
            time.sleep(self.generator.uniform(0.5, 2))
            calls, codes = load.calls, load.codes.copy()
            next(fault)
            time.sleep(self.generator.uniform(0.5, 4))
            next(fault, None)
            recovery = self.wait_until_well(60)
            row = rows[name]
            row["times"] += 1
            row["calls"] += load.calls - calls
            row["codes"] += load.codes - codes
            row["recovery"] = max(row["recovery"], recovery)
        return rows, load.finish()

    def agree(self, binaries):
        """What the audit and the stores say of themselves, once everything has been carried over."""
        environment = self.daemons[0].environment
        for command in (["audit", "verify"], ["reconcile"]):
            for tries in range(40):
                done = subprocess.run(
                    [binaries + "/clinicctl", *command, "--socket", self.daemons[0].socket],
                    env=environment | {"HOME": self.folder}, capture_output=True, text=True)
                if done.returncode == 0:
                    break
                time.sleep(0.5)
            if done.returncode:
                print(f"{' '.join(command)}: {done.stdout}{done.stderr}")
                return False
        return True

    def close(self):
        for daemon in self.daemons:
            if daemon.process and daemon.process.poll() is None:
                daemon.process.kill()
                daemon.process.wait()
        self.stack("down")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--minutes", type=float, default=3)
    options = parser.parse_args()
    binaries = os.path.realpath(options.binaries)
    folder = tempfile.mkdtemp(prefix="clinic-chaos-")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chaos = Chaos(binaries, folder, random.Random(options.seed))
    try:
        rows, seen = chaos.run(options.minutes * 60)
        agrees = chaos.agree(binaries)
    finally:
        chaos.close()
    print(f"seed {options.seed}, {options.minutes:g} minutes\n")
    print("| fault | times | calls | repeated, by reason | seconds to recover, at most |")
    print("| --- | --- | --- | --- | --- |")
    for name, row in sorted(rows.items()):
        codes = ", ".join(f"{reason} {count}" for reason, count in sorted(row["codes"].items()))
        print(f"| {name} | {row['times']} | {row['calls']} | {codes} | {row['recovery']:.1f} |")
    print(
        f"\n{seen['calls']} calls, {seen['tokens']} tokens, lost {seen['lost']}, doubled {seen['doubled']}, "
        f"errors {len(seen['errors'])}, boards behind {seen['boards_behind']}, versions missed "
        f"{len(seen['boards_missed'])}, longest wait {seen['longest_wait_seconds']:.1f} s, "
        f"the stores {'agree' if agrees else 'DO NOT AGREE'}")
    for problem in seen["errors"] + seen["boards_missed"]:
        print(problem)
    is_well = agrees and not any(
        (seen["lost"], seen["doubled"], seen["errors"], seen["boards_behind"], seen["boards_missed"]))
    if is_well:
        shutil.rmtree(folder)
    else:
        print(f"Logs are in {folder}.")
    sys.exit(not is_well)


main()
