"""A real daemon on servers of its own, with the demo clinic."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("CLINIC_TEST_BIN", ROOT / ".build" / "debug"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Daemon:
    """`clinicd`, which can be killed and started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.socket = home / "rpc.sock"
        self.tcp_port = free_port()
        self.web_port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        subprocess.run([ROOT / "scripts/stack", "up", home / "stack"], check=True)
        stack = subprocess.run(
            [ROOT / "scripts/stack", "env", home / "stack"], check=True, capture_output=True
        ).stdout.decode()
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("CLINIC_")},
            "SECRET_KEY": "a secret of tests alone, 32 bytes or more",
            "CLINIC_AUDIT_KEY": "another secret of tests alone, 32 bytes",
            "CLINIC_SOCKET": str(self.socket),
            "CLINIC_TCP_ADDRESS": f"127.0.0.1:{self.tcp_port}",
            "CLINIC_WEB_ADDRESS": f"127.0.0.1:{self.web_port}",
            "CLINIC_CLIENTS_DIRECTORY": str(ROOT / "clients"),
            "CLINIC_STATE_DIRECTORY": str(home),
            "CLINIC_PASSWORD_COST": "4",
            # Fifty browsers come from one address.
            "CLINIC_MAX_CONNECTIONS_PER_PEER": "1000",
            # So that an appointment can be checked in whatever time it is.
            "CLINIC_CHECK_IN_EARLY_MINUTES": "1440",
            "CLINIC_CHECK_IN_LATE_MINUTES": "1440",
        }
        for line in stack.splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            self.environment[name] = value.strip("'\"")
        self._run("clinicctl", "migrate", "up")
        self._run("clinicd", "demo", "--credentials", str(home / "credentials.json"))
        self.credentials: dict[str, dict[str, str]] = json.loads(
            (home / "credentials.json").read_text()
        )
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([BIN / program, *arguments], env=self.environment, check=True)

    def start(self) -> None:
        self.process = subprocess.Popen([BIN / "clinicd"], env=self.environment)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(str(self.socket))
                    return
            except OSError:
                assert self.process.poll() is None, "clinicd ended"
                time.sleep(0.02)
        raise AssertionError("clinicd does not listen")

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(30)
            self.process = None

    @contextmanager
    def configured(self, settings: dict[str, str]) -> Iterator[None]:
        """Meanwhile the daemon runs with other settings."""
        usual = self.environment
        self.stop()
        self.environment = {**usual, **settings}
        self.start()
        try:
            yield
        finally:
            self.stop()
            self.environment = usual
            self.start()

    def close(self) -> None:
        self.stop()
        subprocess.run([ROOT / "scripts/stack", "down", self.home / "stack"], check=True)

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def password(self, role: str) -> tuple[str, str]:
        user = self.credentials[role]
        return user["username"], user["password"]
