#!/usr/bin/env python3
"""Clients and boards that stay at work while daemons are restarted, killed and frozen.

    load.py SOCKET [--tcp HOST:PORT --token TOKEN] --clients N --boards N --until FILE

Clients register patients and queue them, and repeat with its key what was not answered. Boards follow the queue
and resume with `since`. When FILE is there they finish, compare what was acknowledged with what the daemon has, and
print what they saw as JSON.
"""
import argparse
import collections
import json
import os
import socket
import threading
import time

RETRY = -32006


class Lost(Exception):
    """The connection ended before the answer, or there was none."""


class Connection:
    """One connection. The address is a path, or a host and a port."""

    def __init__(self, address, token=None, timeout=60):
        self.unread = b""
        self.last = 0
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(address, timeout=timeout)
        if token:
            self.call("auth.authenticate", {"access_token": token})

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

    def close(self):
        self.socket.close()


class Board:
    """Follows today's queue through every interruption."""

    def __init__(self, load, number):
        self.load = load
        self.number = number
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

    def follow(self):
        while True:
            try:
                self.follow_once()
                return
            except Lost:
                self.number += 1
                time.sleep(0.01)

    def follow_once(self):
        connection = self.load.connect(self.number)
        params = {}
        if self.version is not None:
            params["since"] = {"date": self.date, "version": self.version}
        answer = connection.call("queue.subscribe", params)
        if "error" in answer:
            if answer["error"]["code"] == RETRY:
                raise Lost
            self.missed.append(answer["error"])
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
        while self.load.last is None or self.version < self.load.last:
            message = connection.receive()
            if message and message.get("method") == "queue.changed":
                self.take(message["params"]["result"])
        connection.close()


class Load:
    """Clients and boards on one or several instances; whoever loses one turns to the next.

    With a token, a client keeps its address: who it is on TCP the token says, on the Unix socket the kernel, and a key
    is its caller's.
    """

    def __init__(self, addresses, clients, boards, token=None, timeout=60):
        self.addresses = addresses
        self.token = token
        self.timeout = timeout
        self.lock = threading.Lock()
        self.stopped = False
        self.last = None
        self.tokens = {}
        # What goes on: said by whoever breaks things. Patients remember it, for what is found in the end.
        self.label = None
        self.labels = {}
        self.calls = self.connections = self.refused = self.repeated = self.doubled = 0
        self.longest_wait = 0.0
        self.errors = []
        self.codes = collections.Counter()
        self.before, _ = self.queue()
        self.boards = [Board(self, number) for number in range(boards)]
        self.workers = [threading.Thread(target=self.work, args=(n,), daemon=True) for n in range(clients)]
        self.followers = [threading.Thread(target=board.follow, daemon=True) for board in self.boards]
        for thread in self.followers + self.workers:
            thread.start()

    def connect(self, number):
        address = self.addresses[number % len(self.addresses)]
        try:
            connection = Connection(address, None if isinstance(address, str) else self.token, self.timeout)
        except OSError as error:
            with self.lock:
                self.refused += 1
            raise Lost from error
        with self.lock:
            self.connections += 1
        return connection

    def queue(self):
        """Today's tokens with their patients, and the version; from whoever answers on a Unix socket."""
        for number in range(100_000):
            address = self.addresses[number % len(self.addresses)]
            if not isinstance(address, str):
                continue
            try:
                result = Connection(address).call("queue.today", {})["result"]
                return {token["token"]: token["patient_id"] for token in result["tokens"]}, result["version"]
            except (Lost, OSError, KeyError):
                time.sleep(0.1)
        raise Lost

    def work(self, number):
        """Registers and queues, one patient after the other."""
        connection = None
        turn = number
        count = 0
        while not self.stopped:
            count += 1
            key = f"run {os.getpid()}, client {number}, patient {count}"
            patient = None
            for method in ("patients.create", "queue.walk_in"):
                params = {"idempotency_key": key}
                params.update({"name": key} if patient is None else {"patient_id": patient})
                started = time.monotonic()
                while True:
                    try:
                        connection = connection or self.connect(turn)
                        answer = connection.call(method, params)
                        code = answer.get("error", {}).get("code", 0)
                    except Lost:
                        connection = None
                        turn += 0 if self.token else 1
                        code = None
                    if code not in (RETRY, None):
                        break
                    with self.lock:
                        self.repeated += 1
                        self.codes["no answer" if code is None else f"{code} {answer['error']['data']['reason']}"] += 1
                    time.sleep(0.01)
                with self.lock:
                    self.calls += 1
                    self.longest_wait = max(self.longest_wait, time.monotonic() - started)
                    if code:
                        self.errors.append(answer["error"])
                        return
                    if patient is None:
                        patient = answer["result"]["id"]
                    else:
                        if answer["result"]["token"] in self.tokens:
                            self.doubled += 1
                        self.tokens[answer["result"]["token"]] = patient
                        self.labels[patient] = self.label

    def finish(self):
        """Ends it. Returns what was seen."""
        self.stopped = True
        for thread in self.workers:
            thread.join()
        stored, self.last = self.queue()
        for thread in self.followers:
            thread.join(timeout=30)
        # Nobody else is at the queue: a token that no client was told of is a call that was done twice.
        added = {token: patient for token, patient in stored.items() if token not in self.before}
        patients = collections.Counter(added.values())
        lost = [patient for token, patient in self.tokens.items() if added.get(token) != patient]
        doubled = [patient for token, patient in added.items()
                   if token not in self.tokens or patients[patient] > 1]
        return {
            "calls": self.calls,
            "connections": self.connections,
            "refused": self.refused,
            "repeated": self.repeated,
            "longest_wait_seconds": self.longest_wait,
            "errors": self.errors,
            "tokens": len(self.tokens),
            "lost": len(lost),
            "doubled": self.doubled + len(doubled),
            "lost_by": collections.Counter(self.labels.get(patient) for patient in lost),
            "doubled_by": collections.Counter(self.labels.get(patient) for patient in doubled),
            "boards_behind": sum(board.version != self.last for board in self.boards),
            "boards_resumed": min((board.resumed for board in self.boards), default=0),
            "boards_missed": [gap for board in self.boards for gap in board.missed],
        }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("--tcp")
    parser.add_argument("--token")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--boards", type=int, default=4)
    parser.add_argument("--until", required=True)
    options = parser.parse_args()
    addresses = [options.socket]
    if options.tcp:
        host, port = options.tcp.rsplit(":", 1)
        addresses.append((host, int(port)))
    load = Load(addresses, options.clients, options.boards, options.token)
    while not os.path.exists(options.until):
        time.sleep(0.05)
    print(json.dumps(load.finish()))


if __name__ == "__main__":
    main()
