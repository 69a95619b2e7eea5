"""The client for shells."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any

from clinicd import Clinic

from daemon import Daemon

SHELL = Path(__file__).resolve().parents[2] / "shell"
CALL = SHELL / "call"


def call(
    address: str, *arguments: str, user: tuple[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CLINIC_")}
    if user is not None:
        environment["RPC_USER"], environment["RPC_PASSWORD"] = user
    return subprocess.run(
        [CALL, address, *arguments], env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_call(daemon: Daemon) -> None:
    for address in (f"UNIX-CONNECT:{daemon.socket}", f"TCP:127.0.0.1:{daemon.tcp_port}"):
        assert json.loads(call(address, "system.ping").stdout) == {"pong": True}
        user = daemon.password("reception")
        done = call(address, "patients.create", '{"name": "Asha \\"عربى\\""}', user=user)
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["name"] == 'Asha "عربى"'
        wrong = call(address, "patients.get", '{"id": 1000000000}', user=user)
        assert (wrong.returncode, wrong.stdout) == (1, "")
        assert json.loads(wrong.stderr)["data"]["reason"] == "not_found"
        many = call(address, "patients.list", '{"limit": 200}', user=user)
        assert len(json.loads(many.stdout)["items"]) > 100


def test_a_refused_login_makes_no_call(daemon: Daemon) -> None:
    name, _ = daemon.password("reception")
    with Clinic(f"unix:{daemon.socket}") as desk:
        desk.login(*daemon.password("reception"))
        address = f"UNIX-CONNECT:{daemon.socket}"
        for arguments in (
            ("patients.create", '{"name": "Nobody Refused"}'),
            # Anybody may call it.
            ("devices.request_pairing", '{"role": "DISPLAY"}'),
        ):
            refused = call(address, *arguments, user=(name, "not the password"))
            assert (refused.returncode, refused.stdout) == (1, "")
            assert json.loads(refused.stderr)["data"]["reason"] == "bad_credentials"
        assert desk.patients.list(search="Nobody Refused")["items"] == []


def test_nothing_is_sent_before_the_login_is_answered() -> None:
    heard: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                heard.append(json.loads(connection.recv(1 << 16)))
                error = {"code": -32001, "message": "wrong", "data": {"reason": "bad_credentials"}}
                reply = {"jsonrpc": "2.0", "id": "login", "error": error}
                connection.sendall(json.dumps(reply).encode() + b"\n")
                heard.append(connection.recv(1 << 16))

        thread = threading.Thread(target=serve)
        thread.start()
        address = f"TCP:127.0.0.1:{server.getsockname()[1]}"
        refused = call(address, "system.ping", user=("reception", 'a "password" \\'))
        thread.join(60)
    assert heard[0]["method"] == "auth.login"
    assert heard[0]["params"] == {"username": "reception", "password": 'a "password" \\'}
    assert heard[1:] == [b""]
    assert refused.returncode == 1


def test_without_a_daemon() -> None:
    for user in (None, ("reception", "password")):
        for _ in range(5):
            done = call("TCP:127.0.0.1:1", "system.ping", user=user)
            assert (done.returncode, done.stdout) == (3, "")
            assert "refused" in done.stderr and "no answer" in done.stderr
            assert "unbound" not in done.stderr


def board(address: str, silence: str = "20") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RPC_SILENCE": silence}
    return subprocess.run(
        [SHELL / "board", address], env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_board_without_a_daemon() -> None:
    done = board("TCP:127.0.0.1:1")
    assert (done.returncode, done.stdout) == (3, "")
    assert "refused" in done.stderr and "ended" in done.stderr


def test_a_board_ends_with_its_connection_or_its_subscription() -> None:
    queue = {"version": 7, "board": {"serving": [], "waiting": 2}}
    reply = {"jsonrpc": "2.0", "id": "board", "result": {"snapshot": queue}}
    closed = {"subscription": "queue-1", "result": {"kind": "closed", "reason": "token_expired"}}
    over = {"jsonrpc": "2.0", "method": "queue.changed", "params": closed}
    for messages, word in (([reply], "the connection ended"), ([reply, over], "token_expired")):
        with socket.create_server(("127.0.0.1", 0)) as server:

            def serve() -> None:
                connection, _ = server.accept()
                with connection:
                    connection.recv(1 << 16)
                    for message in messages:
                        connection.sendall(json.dumps(message).encode() + b"\n")
                    if over in messages:
                        # It does not end by itself.
                        connection.recv(1 << 16)

            thread = threading.Thread(target=serve)
            thread.start()
            done = board(f"TCP:127.0.0.1:{server.getsockname()[1]}")
            thread.join(60)
        assert (done.returncode, done.stdout) == (3, "7: serving , 2 waiting\n")
        assert word in done.stderr


def test_a_board_leaves_a_silent_connection() -> None:
    heard: list[Any] = []
    reply: Any = {"result": {"snapshot": {"version": 7, "board": {"serving": [], "waiting": 2}}}}
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rw") as lines:
                for line in lines:
                    heard.append(json.loads(line))
                    # The first ping is answered.
                    if len(heard) <= 2:
                        answer = reply if len(heard) == 1 else {"result": {"pong": True}}
                        lines.write(json.dumps({"id": heard[-1]["id"], **answer}) + "\n")
                        lines.flush()

        thread = threading.Thread(target=serve)
        thread.start()
        done = board(f"TCP:127.0.0.1:{server.getsockname()[1]}", silence="0.5")
        thread.join(60)
    assert [call["method"] for call in heard] == ["queue.subscribe", "system.ping", "system.ping"]
    assert (done.returncode, done.stdout) == (3, "7: serving , 2 waiting\n")
    assert "the connection ended" in done.stderr


def test_its_variables_are_not_the_daemons() -> None:
    """`CLINIC_` begins the daemon's keys, and those that it does not know it refuses."""
    for name in ("README.md", "call", "board"):
        assert "CLINIC_USER" not in (SHELL / name).read_text()
