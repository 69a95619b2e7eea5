"""The package as pip installs it, without a network."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from daemon import Daemon

PACKAGE = Path(__file__).resolve().parents[1]

PROGRAM = """
import pathlib, sys
import clinicd
assert (pathlib.Path(clinicd.__file__).parent / "py.typed").exists()
# Not closed: a program may just end.
print(clinicd.__file__, clinicd.Clinic(sys.argv[1]).system.ping()["pong"])
"""


def test_pip_installs_it(daemon: Daemon, tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "venv"
    shutil.copytree(PACKAGE, source)
    subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", home], check=True)
    offline = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([home / "bin/pip", "install", *offline, source], check=True)
    # Nothing that leads to the package elsewhere.
    environment: dict[str, str] = {}
    ended = subprocess.run(
        [home / "bin/python", "-c", PROGRAM, f"unix:{daemon.socket}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=True,
    )
    where, pong = ended.stdout.decode().split()
    assert (where.startswith(str(home)), pong) == (True, "True")
    assert ended.stderr == b""
