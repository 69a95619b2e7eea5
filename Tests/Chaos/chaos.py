#!/usr/bin/env python3
"""Load for minutes on two instances, while everything is killed, stopped, frozen, slowed and filled up in turn.

    chaos.py BIN_DIR [--seed N] [--minutes N]

The faults follow from the seed. In the end every acknowledged call is there exactly once, every board is right, the audit
and the copies in the other stores agree with PostgreSQL; otherwise the exit status is 1. Prints a table.

As root, what each server writes is on a file system of its own, in memory and in a mount namespace that ends with this
program: it is full when it is made as small as what is on it. Others cannot fill disks, and leave that out.
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
import threading
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, ROOT + "/Tests/Boot")
from load import Connection, Load, Lost  # noqa: E402

STORES = ("postgres", "redis", "mongo")
ROOM = 2 << 30  # of a disk that is not full; memory is taken by what is on it alone


class Disk:
    """A file system of its own at a folder, with what the folder held."""

    def __init__(self, folder):
        self.folder = folder
        self.filler = None
        before = folder + ".before"
        os.rename(folder, before)
        os.mkdir(folder)
        self.mount("-t", "tmpfs", "-o", f"size={ROOM},mode=700", "tmpfs")
        subprocess.run(["cp", "-a", before + "/.", folder], check=True)
        shutil.rmtree(before)

    def mount(self, *arguments):
        subprocess.run(["mount", *arguments, self.folder], check=True, capture_output=True)

    def fill(self):
        """Leaves no room, and none that its owner makes by removing files."""
        self.resize()
        self.filler = Repeating(self.resize, 0.05)

    def resize(self):
        figures = os.statvfs(self.folder)
        used = max(figures.f_blocks - figures.f_bfree, 1) * figures.f_frsize  # 0 would be no limit
        try:
            self.mount("-o", f"remount,size={used}")
        except subprocess.CalledProcessError:
            pass  # it has grown since: the next time

    def empty(self):
        self.filler.end()
        self.mount("-o", f"remount,size={ROOM}")

    def remove(self):
        subprocess.run(["umount", "--lazy", self.folder], check=True)


class Repeating:
    """Does something again and again, in a thread, until it is ended."""

    def __init__(self, work, seconds):
        self.ended = threading.Event()

        def repeat():
            while not self.ended.wait(seconds):
                work()

        self.thread = threading.Thread(target=repeat, daemon=True)
        self.thread.start()

    def end(self):
        self.ended.set()
        self.thread.join()


def slow(processes):
    """Lets processes run for a tenth of the time. Takes what lists them; returns what to end."""

    def stutter():
        stopped = processes()
        send(signal.SIGSTOP, stopped)
        time.sleep(0.09)
        send(signal.SIGCONT, stopped)

    return Repeating(stutter, 0.01)


def send(number, processes):
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            pass


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
        self.disks = {}
        os.mkdir(folder + "/state")
        if "CLINIC_CHAOS_MOUNTS" in os.environ:
            self.stack("down")
            self.disks = {store: Disk(f"{folder}/data/{store}") for store in STORES}
            self.disks["clinicd"] = Disk(folder + "/state")
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
            "CLINIC_STATE_DIRECTORY": folder + "/state",
            "CLINIC_ROLES": f"{os.getuid()}=ADMIN",
        }
        self.daemons = [Daemon(n, binaries + "/clinicd", environment, folder) for n in range(2)]

    def stack(self, *arguments):
        command = [ROOT + "/scripts/stack", *arguments, self.folder]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode and arguments == ("start", "redis"):
            # A full disk has torn its log. What it holds is a copy: it starts with nothing.
            for entry in os.scandir(self.folder + "/data/redis/appendonlydir"):
                os.remove(entry.path)
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"scripts/stack {' '.join(arguments)} failed")
        return done.stdout

    def faults(self):
        """Without end: a name, and a generator that does it before its yield and undoes it after."""
        kinds = [(self.store, store, way) for store in STORES for way in ("kill", "stop", "freeze", "slow")]
        kinds += [(self.instance, n, way) for n in range(2) for way in ("kill", "stop", "freeze", "slow")]
        kinds += [(self.fill, name, "fill") for name in self.disks]
        while True:
            self.generator.shuffle(kinds)
            for function, target, way in kinds:
                name = "clinicd" if function == self.instance else target
                yield f"{way} {name}", function(target, way)

    def store(self, name, way):
        if way == "slow":
            slowed = slow(lambda: self.processes(name))
            yield
            slowed.end()
            return
        self.stack(way, name)
        yield
        self.stack("thaw" if way == "freeze" else "start", name)

    def processes(self, store):
        """Those that work in a store's folder."""
        found = []
        for entry in os.listdir("/proc"):
            try:
                if entry.isdigit() and os.readlink(f"/proc/{entry}/cwd") == f"{self.folder}/data/{store}":
                    found.append(int(entry))
            except OSError:
                pass
        return found

    def instance(self, number, way):
        daemon = self.daemons[number]
        if way == "slow":
            slowed = slow(lambda: [daemon.process.pid])
            yield
            slowed.end()
        elif way == "freeze":
            daemon.process.send_signal(signal.SIGSTOP)
            yield
            daemon.process.send_signal(signal.SIGCONT)
        else:
            daemon.end(signal.SIGKILL if way == "kill" else signal.SIGTERM)
            yield
            daemon.start()

    def fill(self, name, _):
        self.disks[name].fill()
        yield
        self.disks[name].empty()
        if name in STORES:
            self.stack("start", name)  # some end when they cannot write

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
            load.label = name
            next(fault)
            time.sleep(self.generator.uniform(0.5, 4))
            next(fault, None)
            recovery = self.wait_until_well(120)
            row = rows[name]
            row["times"] += 1
            row["calls"] += load.calls - calls
            row["codes"] += load.codes - codes
            row["recovery"] = max(row["recovery"], recovery)
            load.label = None
        return rows, load.finish()

    def agree(self, binaries):
        """What the database, the audit and the other stores say, once everything has been carried over."""
        twice = self.query("SELECT count(*) - count(DISTINCT name) FROM patients WHERE name LIKE 'run %'")
        if twice != "0":
            print(f"{twice} patients were registered twice")
            return False
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

    def query(self, sql):
        environment = self.daemons[0].environment
        command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", sql]
        done = subprocess.run([*command, environment["DATABASE_URL"]], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def close(self):
        for daemon in self.daemons:
            if daemon.process and daemon.process.poll() is None:
                daemon.process.kill()
                daemon.process.wait()
        self.stack("down")


def with_own_mounts():
    """Starts this program anew, where it may, in a mount namespace of its own."""
    unshare = ["unshare", "--mount", "--propagation", "private"]
    if os.getuid() != 0 or "CLINIC_CHAOS_MOUNTS" in os.environ:
        return
    if subprocess.run([*unshare, "true"], check=False).returncode == 0:
        os.environ["CLINIC_CHAOS_MOUNTS"] = "own"
        os.execvp("unshare", [*unshare, sys.executable, *sys.argv])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--minutes", type=float, default=3)
    options = parser.parse_args()
    with_own_mounts()
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
    print("| fault | times | calls | errors, all repeated | lost | doubled | seconds to recover, at most |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, row in sorted(rows.items()):
        codes = ", ".join(f"{reason}: {count}" for reason, count in sorted(row["codes"].items()))
        print(f"| {name} | {row['times']} | {row['calls']} | {codes} | {seen['lost_by'][name]} | "
              f"{seen['doubled_by'][name]} | {row['recovery']:.1f} |")
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
        for disk in chaos.disks.values():
            disk.remove()
        shutil.rmtree(folder)
    else:
        print(f"Logs are in {folder}.")
    sys.exit(not is_well)


main()
