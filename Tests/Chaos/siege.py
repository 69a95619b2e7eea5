#!/usr/bin/env python3
"""Ten thousand hostile connections at one daemon, while staff works.

    siege.py BIN_DIR [--seconds N] [--connections N]

They come from a hundred addresses, by TCP and web: some say nothing, some a byte at a time, some send messages that do not
end, some ask and never read. One that is closed comes again. First with the daemon's own limits, then with room for all
of them. The exit status is 1 when the daemon takes more than 200 MB of memory, or when a member of staff is not answered.
Prints a table.
"""
import argparse
import collections
import json
import os
import random
import resource
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, ROOT + "/Tests/Boot")
from load import Connection, Lost  # noqa: E402

LIMIT = 200 << 20
MESSAGE = 1 << 20
CALL = b'{"jsonrpc":"2.0","id":1,"method":"%s","params":["'
POST = b"POST /rpc HTTP/1.1\r\nHost: clinic\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
UPGRADE = (b"GET /rpc HTTP/1.1\r\nHost: clinic\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2llZ2VzaWVnZXNpZWdlcw==\r\n\r\n")
# A first fragment of a message that has more, under a mask of zeros.
FRAGMENT = b"\x01\xfe\xff\xf0\0\0\0\0" + b" " * 0xFFF0
# What each kind sends at once, whether a byte a second follows, whether it reads, and to which listener.
KINDS = {
    "silent": (b"", False, True, "tcp"),
    "a byte at a time": (CALL % b"system.ping", True, True, "tcp"),
    "endless message": (CALL % b"system.ping" + b"a" * (MESSAGE - 100), True, True, "tcp"),
    "never reads": (b'{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}\n' * 2000, False, False, "tcp"),
    "silent, web": (b"", False, True, "web"),
    "headers a byte at a time": (b"GET /rpc HTTP/1.1\r\nX-Siege: ", True, True, "web"),
    "endless body": (POST % (MESSAGE - 1) + b" " * (MESSAGE - 100), True, True, "web"),
    "endless WebSocket message": (UPGRADE + FRAGMENT * 15, False, True, "web"),
    "pages never read": (b"GET /docs HTTP/1.1\r\nHost: clinic\r\n\r\n" * 500, False, False, "web"),
}


class Attacker:
    """One hostile connection after the other, from one address."""

    def __init__(self, number, ports, selector):
        self.kind = list(KINDS)[number % len(KINDS)]
        self.address = f"127.7.{number % 100}.1"
        self.data, self.drips, self.reads, listener = KINDS[self.kind]
        self.target = ("127.0.0.1", ports[listener])
        self.selector = selector
        self.socket = None
        self.begin()

    def begin(self):
        self.unsent = memoryview(self.data)
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        self.socket.bind((self.address, 0))
        try:
            self.socket.connect(self.target)
        except BlockingIOError:
            pass
        self.selector.register(self.socket, selectors.EVENT_WRITE, self)

    def act(self, events):
        """Sends, or takes what came. Returns whether it was shut out."""
        try:
            if events & selectors.EVENT_WRITE:
                if self.unsent:
                    self.unsent = self.unsent[self.socket.send(self.unsent[:65536]):]
                if not self.unsent:
                    self.selector.modify(self.socket, selectors.EVENT_READ, self)
                    if not self.reads:
                        self.selector.unregister(self.socket)
            if events & selectors.EVENT_READ:
                return not self.socket.recv(65536)
        except BlockingIOError:
            pass
        except OSError:
            return True
        return False

    def drip(self):
        if self.drips and not self.unsent:
            try:
                self.socket.send(b"a")
            except OSError:
                pass

    def end(self):
        try:
            self.selector.unregister(self.socket)
        except KeyError:
            pass
        self.socket.close()


class Staff:
    """Somebody who was there before, and works on."""

    def __init__(self, connection):
        self.connection = connection
        self.calls = 0
        self.failures = collections.Counter()
        self.longest = 0.0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while not self.ended.wait(0.02):
            started = time.monotonic()
            try:
                answer = self.connection.call("queue.today", {})
                if "error" in answer:
                    self.failures[json.dumps(answer["error"])] += 1
            except Lost:
                self.failures["no answer"] += 1
                return
            self.calls += 1
            self.longest = max(self.longest, time.monotonic() - started)

    def end(self):
        self.ended.set()
        self.thread.join(60)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Siege:
    def __init__(self, binaries, folder):
        self.binaries, self.folder = binaries, folder
        self.stack("up")
        self.environment = {"PATH": os.environ["PATH"], "HOME": folder}
        for line in self.stack("env").splitlines():
            name, value = line.removeprefix("export ").split("=", 1)
            self.environment[name] = shlex.split(value)[0]

    def stack(self, *arguments):
        return subprocess.run([ROOT + "/scripts/stack", *arguments, self.folder], check=True, capture_output=True,
                              text=True).stdout

    def memory(self, which):
        with open(f"/proc/{self.daemon.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith(which))

    def start(self, limits):
        self.ports = {"tcp": free_port(), "web": free_port()}
        self.socket = self.folder + "/rpc.sock"
        environment = self.environment | {
            "SECRET_KEY": "s" * 32,
            "CLINIC_AUDIT_KEY": "a" * 32,
            "CLINIC_SOCKET": self.socket,
            "CLINIC_TCP_ADDRESS": f"127.0.0.1:{self.ports['tcp']}",
            "CLINIC_WEB_ADDRESS": f"127.0.0.1:{self.ports['web']}",
            "CLINIC_MIGRATE_AT_START": "yes",
            "CLINIC_STATE_DIRECTORY": self.folder,
            "CLINIC_ROLES": f"{os.getuid()}=ADMIN",
        } | limits
        log = open(self.folder + "/clinicd.log", "ab")
        self.daemon = subprocess.Popen([self.binaries + "/clinicd"], env=environment, stdout=log, stderr=log)
        for _ in range(600):
            try:
                return Connection(self.socket).call("system.ping", {})
            except (Lost, OSError):
                time.sleep(0.1)
        raise SystemExit(f"siege: the daemon does not start; its log is in {self.folder}")

    def staff(self):
        """One on the Unix socket, one by TCP under a login."""
        unix = Connection(self.socket)
        name = f"u{random.randrange(1 << 40)}"
        password = "a secret of its own"
        unix.call("auth.register", {"username": name, "password": password, "full_name": "Ada", "role": "RECEPTION"})
        tcp = Connection(("127.0.0.1", self.ports["tcp"]))
        answer = tcp.call("auth.login", {"username": name, "password": password})
        if "error" in answer:
            raise SystemExit(f"siege: {answer}")
        return {"Unix": Staff(unix), "TCP": Staff(tcp)}

    def attack(self, count, seconds):
        """Returns how often each kind was shut out, and the most memory that was taken."""
        selector = selectors.DefaultSelector()
        attackers = [Attacker(number, self.ports, selector) for number in range(count)]
        shut_out = collections.Counter()
        peak = 0
        end = time.monotonic() + seconds
        next_second = time.monotonic() + 1
        again = []
        while time.monotonic() < end:
            for key, events in selector.select(0.05):
                attacker = key.data
                if attacker.act(events):
                    shut_out[attacker.kind] += 1
                    attacker.end()
                    again.append(attacker)
            if time.monotonic() >= next_second:
                next_second += 1
                peak = max(peak, self.memory("VmRSS"))
                for attacker in attackers:
                    attacker.drip()
                for attacker in again:
                    attacker.begin()
                again = []
        for attacker in attackers:
            attacker.end()
        return shut_out, max(peak, self.memory("VmHWM"))

    def run(self, name, limits, count, seconds):
        """One daemon under attack. Returns whether it stood."""
        self.start(limits)
        idle = self.memory("VmRSS")
        staff = self.staff()
        shut_out, peak = self.attack(count, seconds)
        for person in staff.values():
            person.end()
        failures = [text for person in staff.values() for text in person.failures]
        works = Connection(self.socket).call("system.ping", {}).get("result") is not None
        self.daemon.send_signal(signal.SIGTERM)
        ended = self.daemon.wait(60)
        print(f"| {name} | {count} | {sum(shut_out.values())} | {idle >> 20} MiB | {peak >> 20} MiB | " + ", ".join(
            f"{who}: {person.calls} calls, longest {person.longest * 1000:.0f} ms" for who, person in staff.items()) + " |")
        for text in failures:
            print(text)
        return peak <= LIMIT and not failures and works and ended == 0 and all(p.calls for p in staff.values())

    def close(self):
        daemon = getattr(self, "daemon", None)
        if daemon and daemon.poll() is None:
            daemon.kill()
            daemon.wait()
        self.stack("down")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries")
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--connections", type=int, default=10_000)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if options.connections + 1000 > most:
        raise SystemExit(f"siege: no more than {most} files may be open: ulimit -Hn")
    folder = tempfile.mkdtemp(prefix="clinic-siege-")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    siege = Siege(os.path.realpath(options.binaries), folder)
    stood = False
    try:
        print("| limits | connections | shut out | memory before | at most | staff |")
        print("| --- | --- | --- | --- | --- | --- |")
        room = {"CLINIC_MAX_CONNECTIONS": str(options.connections + 100), "CLINIC_UNAUTHENTICATED_SECONDS": "600"}
        stood = siege.run("the defaults", {}, options.connections, options.seconds)
        stood = siege.run("room for all", room, options.connections, options.seconds) and stood
    finally:
        siege.close()
    if stood:
        shutil.rmtree(folder)
    else:
        print(f"It did not stand; logs are in {folder}.")
    sys.exit(not stood)


main()
