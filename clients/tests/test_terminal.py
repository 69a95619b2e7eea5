"""The board and the kiosk of a terminal, in real ones."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from select import select
from types import SimpleNamespace
from typing import Callable

import pytest
from clinicd import Clinic, ConnectionLost
from daemon import BIN, Daemon
from steps import doctors, new_patient, next_slot, number_of

CLIENTS = Path(__file__).resolve().parents[1]
HOME = "\x1b[H"


class Terminal:
    """A program on a terminal of some size."""

    def __init__(self, command: list[str | Path], columns: int, rows: int) -> None:
        self._fd, theirs = pty.openpty()
        self.resize(columns, rows)
        self._process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        self.output = ""

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait(self, look: Callable[[], bool], seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not look():
            assert time.monotonic() < until, self.output[-2000:]
            if select([self._fd], [], [], 0.1)[0]:
                self.output += os.read(self._fd, 1 << 16).decode(errors="replace")

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    @property
    def screen(self) -> list[str]:
        """The lines of the last whole picture, without colours."""
        pictures = self.output.split(HOME)
        picture = pictures[-2] if len(pictures) > 2 else ""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", picture).split("\n")

    def wait_for_end(self) -> int:
        """Gives its exit status."""
        return self._process.wait(30)

    def end(self) -> None:
        self._process.kill()
        self._process.wait(30)
        os.close(self._fd)


def test_the_board_fits_a_window_that_changes(daemon: Daemon, desk: Clinic) -> None:
    desk.queue.walk_in(patient_id=new_patient(desk))
    command: list[str | Path] = [BIN / "clinicctl", "board", "--socket", daemon.socket]
    board = Terminal(command, 80, 24)
    board.wait(lambda: any("waiting" in line for line in board.screen))
    for columns, rows in ((80, 24), (40, 12), (200, 60), (20, 5), (9, 1)):
        board.resize(columns, rows)
        board.output = ""
        board.wait(lambda: len(board.screen) == rows and any(board.screen))
        assert all(len(line) <= columns for line in board.screen)
    board.type("q")
    assert board.wait_for_end() == 0
    board.end()


def test_the_board_for_a_screen_reader_is_lines_alone(daemon: Daemon, desk: Clinic) -> None:
    command: list[str | Path] = [BIN / "clinicctl", "board", "--plain", "--socket", daemon.socket]
    board = Terminal(command, 80, 24)
    board.wait(lambda: "queue of" in board.output)
    token = number_of(desk.queue.walk_in(patient_id=new_patient(desk)))
    board.wait(lambda: f"{token} WAITING" in board.output)
    # Nothing moves a cursor, and nothing is said by a colour.
    assert "\x1b" not in board.output
    assert "\r" not in board.output.replace("\r\n", "")
    board.end()


def test_a_kiosk_without_a_browser(daemon: Daemon, desk: Clinic) -> None:
    """On the Unix socket, where the kernel says that it is a kiosk."""
    with daemon.configured({"CLINIC_ROLES": f"{os.getuid()}=KIOSK"}):
        before = desk.queue.summary()["counts"]["total"]
        kiosk = subprocess.Popen(
            [sys.executable, CLIENTS / "kiosk/terminal.py", "--socket", daemon.socket],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        answers = "07700 900321\n31\n2\n1980\n29\n2\n1980\nTerminal Person\n"
        output, _ = kiosk.communicate(answers, timeout=60)
        assert kiosk.returncode == 0
        assert "Please choose a date that exists." in output
        hint = "If you have been here before, please go to the reception."
        assert 0 < output.find(hint) < output.find("You are new here.")
        assert re.search(r"Your number: \d{3}", output)
        assert desk.queue.summary()["counts"]["total"] == before + 1


def test_a_kiosk_tells_times_of_the_clinic(daemon: Daemon, desk: Clinic) -> None:
    """Wherever its machine believes to be."""
    patient = desk.patients.create(
        name="Far Away", phone="07700 900322", date_of_birth="1980-02-29"
    )["id"]
    slot = next_slot(daemon, doctors(desk)[0]["id"])
    desk.appointments.create(patient_id=patient, slot_id=slot["id"])
    closed = {"CLINIC_CHECK_IN_EARLY_MINUTES": "0", "CLINIC_CHECK_IN_LATE_MINUTES": "0"}
    with daemon.configured({"CLINIC_ROLES": f"{os.getuid()}=KIOSK", **closed}):
        kiosk = subprocess.run(
            [sys.executable, CLIENTS / "kiosk/terminal.py", "--socket", daemon.socket],
            input="07700 900322\n29\n2\n1980\n",
            capture_output=True,
            env={**os.environ, "TZ": "EARLY-13"},
            text=True,
            timeout=60,
        )
    time_of_day = slot["start_time"][:5]
    assert f"from {time_of_day} to {time_of_day}" in kiosk.stdout


def test_a_kiosk_tells_the_number_whatever_happens_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(CLIENTS / "kiosk")
    import terminal

    def lost() -> None:
        raise ConnectionLost("the connection broke")

    answers = iter(["07700 900323", "29", "2", "1980"])
    monkeypatch.setattr(terminal, "ask", lambda question: next(answers))
    clinic = SimpleNamespace(
        kiosk=SimpleNamespace(identify=lambda **who: {"appointments": [], "visitor": "v"}),
        queue=SimpleNamespace(walk_in=lambda visitor: {"token": "2026-02-17-007"}, today=lost),
        system=SimpleNamespace(version=lambda: {"time_zone": "UTC"}),
    )
    terminal.visit(clinic, terminal.Words("en"))
    assert "Your number: 007" in capsys.readouterr().out


def kiosk_without_a_daemon(folder: Path, answers: bytes, *options: str) -> tuple[int, str, str]:
    """Its exit status, what it said, and what went wrong."""
    done = subprocess.run(
        [sys.executable, CLIENTS / "kiosk/terminal.py", "--socket", folder / "rpc.sock", *options],
        input=answers,
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=120,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_a_kiosk_waits_for_its_daemon(tmp_path: Path) -> None:
    status, output, error = kiosk_without_a_daemon(tmp_path, b"07700 900321\n29\n2\n1980\n")
    assert (status, error) == (0, "")
    assert output.index("The connection is lost.") < output.rindex("Phone number")


def test_a_kiosk_goes_on_after_a_stray_byte(tmp_path: Path) -> None:
    """In a phone number, and in a date that is past all dates."""
    answers = b"07700 9003\xe9\n\xe9\n2\n1980\n29\n2\n99999999999999999999\n29\n2\n1980\n"
    status, output, error = kiosk_without_a_daemon(tmp_path, answers)
    assert (status, error) == (0, "")
    assert output.count("Please choose a date that exists.") == 2
    assert output.index("Something is not written as it should be.") < output.rindex("Phone number")


def test_a_kiosk_of_an_unknown_language(tmp_path: Path) -> None:
    for language in ("xx", "languages"):
        status, _, error = kiosk_without_a_daemon(tmp_path, b"", "--language", language)
        assert status == 2
        assert "Traceback" not in error and "'en'" in error
