"""A daemon for all tests of a run."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterator

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from daemon import Daemon  # noqa: E402


@pytest.fixture(scope="session")
def daemon() -> Iterator[Daemon]:
    home = Path(tempfile.mkdtemp(prefix="clinic-clients."))
    daemon = Daemon(home)
    try:
        yield daemon
    finally:
        daemon.close()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(params=["unix", "tcp", "ws"])
def address(request: pytest.FixtureRequest, daemon: Daemon) -> Any:
    return {
        "unix": f"unix:{daemon.socket}",
        "tcp": f"tcp://127.0.0.1:{daemon.tcp_port}",
        "ws": f"ws://127.0.0.1:{daemon.web_port}/rpc",
    }[request.param]
