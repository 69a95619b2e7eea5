#!/usr/bin/env python3
"""Clients and boards that stay at work while the daemon is restarted, killed and frozen.

    load.py SOCKET [--tcp HOST:PORT --token TOKEN] --clients N --boards N --until FILE

Clients register patients and queue them, and repeat with its key what was not answered. Boards follow the queue
and resume with `since`. When FILE is there they finish, compare what was acknowledged with what the daemon has, and
print what they saw as JSON.
"""
import argparse
import json
import os
import socket
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("socket")
parser.add_argument("--tcp")
parser.add_argument("--token")
parser.add_argument("--clients", type=int, default=8)
parser.add_argument("--boards", type=int, default=4)
parser.add_argument("--until", required=True)
options = parser.parse_args()

lock = threading.Lock()
seen = {"calls": 0, "connections": 0, "refused": 0, "repeated": 0, "longest_wait_seconds": 0.0, "doubled": 0, "errors": []}
tokens = {}
RETRY = -32006


class Lost(Exception):
    """The connection ended before the answer."""


class Connection:
    """One connection; over TCP as the user of the token."""

    def __init__(self, tcp=False):
        try:
            if tcp:
                host, port = options.tcp.rsplit(":", 1)
                self.socket = socket.create_connection((host, int(port)), timeout=60)
            else:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.settimeout(60)
                self.socket.connect(options.socket)
        except OSError as error:
            with lock:
                seen["refused"] += 1
                seen["errors"].append(f"connect: {error}")
            raise Lost from error
        with lock:
            seen["connections"] += 1
        self.unread = b""
        self.last = 0
        if tcp:
            self.call("auth.authenticate", {"access_token": options.token})

    def send(self, method, params):
        self.last += 1
        message = {"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}
        try:
            self.socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise Lost from error

    def receive(self):
        """The next message; None when none came within the socket's time."""
        while b"\n" not in self.unread:
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return None
            except OSError as error:
                raise Lost from error
            if not data:
                raise Lost
            self.unread += data
        line, self.unread = self.unread.split(b"\n", 1)
        return json.loads(line)

    def call(self, method, params):
        self.send(method, params)
        while True:
            message = self.receive()
            if message is None:
                raise Lost
            if message.get("id") == self.last:
                return message


def finished():
    return os.path.exists(options.until)


def work(number):
    """Registers and queues, one patient after the other."""
    tcp = options.tcp is not None and number % 2 == 1
    connection = None
    count = 0
    while not finished():
        count += 1
        key = f"run {os.getpid()}, client {number}, patient {count}"
        patient = None
        for method in ("patients.create", "queue.walk_in"):
            params = {"idempotency_key": key}
            params.update({"name": key} if patient is None else {"patient_id": patient})
            started = time.monotonic()
            while True:
                try:
                    connection = connection or Connection(tcp)
                    answer = connection.call(method, params)
                except Lost:
                    connection = None
                    with lock:
                        seen["repeated"] += 1
                    time.sleep(0.01)
                    continue
                if answer.get("error", {}).get("code") == RETRY:
                    with lock:
                        seen["repeated"] += 1
                    time.sleep(0.01)
                    continue
                break
            with lock:
                seen["calls"] += 1
                seen["longest_wait_seconds"] = max(seen["longest_wait_seconds"], time.monotonic() - started)
                if "error" in answer:
                    seen["errors"].append(answer["error"])
                    return
            if patient is None:
                patient = answer["result"]["id"]
            else:
                with lock:
                    if answer["result"]["token"] in tokens:
                        seen["doubled"] += 1
                    tokens[answer["result"]["token"]] = patient


class Board:
    """Follows today's queue through every interruption."""

    def __init__(self):
        self.version = None
        self.date = None
        self.resumed = 0
        self.missed = []

    def take(self, message):
        version = message.get("version")
        if version is None:
            return
        if message["kind"] == "change" and version != self.version + 1:
            self.missed.append(f"{self.version} to {version}")
        if message["kind"] == "snapshot" and message.get("missed") != version - self.version:
            self.missed.append(f"{self.version} to {version}: {message.get('reason')}")
        self.version = version

    def follow(self, last_version):
        while True:
            try:
                connection = Connection()
                params = {}
                if self.version is not None:
                    params["since"] = {"date": self.date, "version": self.version}
                answer = connection.call("queue.subscribe", params)
                if "error" in answer:
                    if answer["error"]["code"] == RETRY:
                        raise Lost
                    with lock:
                        seen["errors"].append(answer["error"])
                    return
                result = answer["result"]
                if self.version is not None:
                    if "replay" in result:
                        self.resumed += 1
                        for change in result["replay"]:
                            self.take(change)
                    else:
                        self.missed.append(f"a snapshot after {self.version}")
                self.date, self.version = result["date"], result["version"]
                connection.socket.settimeout(1)
                while self.version < last_version():
                    message = connection.receive()
                    if message and message.get("method") == "queue.changed":
                        self.take(message["params"]["result"])
                return
            except Lost:
                time.sleep(0.01)


def queue():
    """Today's tokens with their patients, and the version."""
    while True:
        try:
            result = Connection().call("queue.today", {})["result"]
            return {token["token"]: token["patient_id"] for token in result["tokens"]}, result["version"]
        except (Lost, KeyError):
            time.sleep(0.1)


last = float("inf")
before, _ = queue()
boards = [Board() for _ in range(options.boards)]
workers = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(options.clients)]
followers = [threading.Thread(target=board.follow, args=(lambda: last,), daemon=True) for board in boards]
for thread in followers + workers:
    thread.start()
for thread in workers:
    thread.join()

stored, last = queue()
for thread in followers:
    thread.join(timeout=30)
# Nobody else is at the queue: a token that no client was told of is a call that was done twice.
added = {token: patient for token, patient in stored.items() if token not in before}
seen["tokens"] = len(tokens)
seen["lost"] = sum(added.get(token) != patient for token, patient in tokens.items())
seen["doubled"] += len(added.keys() - tokens.keys()) + len(added) - len(set(added.values()))
seen["boards_behind"] = sum(board.version != last for board in boards)
seen["boards_resumed"] = min((board.resumed for board in boards), default=0)
seen["boards_missed"] = [gap for board in boards for gap in board.missed]
print(json.dumps(seen))
