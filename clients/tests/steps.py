"""What people do on the pages, and what they find there."""

from __future__ import annotations

import itertools
from typing import Any, Callable

from browser import Page
from clinicd import Clinic
from daemon import Daemon

Open = Callable[..., Page]
visitors = itertools.count(1)


def new_patient(desk: Clinic) -> int:
    name = f"Visitor {next(visitors)}"
    return desk.patients.create(name=name, phone="020 7946 0000", date_of_birth="1980-02-03")["id"]


def doctors(desk: Clinic) -> list[Any]:
    return list(desk.doctors.list()["items"])


def free_doctors(desk: Clinic) -> list[Any]:
    """Ends what doctors are busy with, so that they can call."""
    today: Any = desk.queue.today()
    for token in today["tokens"]:
        if token["status"] == "WITH_DOCTOR":
            desk.queue.set_status(token=token["token"], status="COMPLETED")
    return doctors(desk)


def identify(kiosk: Page, phone: str, day: str, month: str, year: str) -> None:
    kiosk.type("#phone", phone)
    kiosk.choose("#day", day)
    kiosk.choose("#month", month)
    kiosk.choose("#year", year)
    kiosk.click("#who-form .main")


def watch_calls(board: Page) -> None:
    """Notes each call that the board shows."""
    board.run(
        "window.calls = []; const call = document.getElementById('call');"
        "new MutationObserver(() => { if (!call.hidden) {"
        "const token = document.getElementById('call-token').textContent;"
        "if (window.calls.at(-1) !== token) window.calls.push(token); } })"
        ".observe(call, {attributes: true, childList: true, subtree: true})"
    )


def number_of(token: Any) -> str:
    return str(token["token"]).rsplit("-", 1)[1]


def next_slot(daemon: Daemon, doctor: int) -> Any:
    """A free slot of today that can be checked in now; an administrator makes some if there is none."""
    with Clinic(f"unix:{daemon.socket}") as admin:
        admin.login(*daemon.password("admin"))
        today = admin.system.stats()["today"]
        for _ in range(2):
            slots = admin.slots.list(doctor_id=doctor, from_=today, to=today, available=True)
            if slots["items"]:
                return slots["items"][0]
            admin.slots.create_bulk(
                doctor_id=doctor, from_=today, to=today, start="00:00", end="23:55", minutes=5
            )
    raise AssertionError("no free slot today")


def log_in(page: Page, username: str, password: str) -> None:
    page.type("#username", username)
    page.type("#password", password)
    page.click("#login-form button")


def enter_desk(page: Page, daemon: Daemon) -> None:
    """Logs the receptionist in."""
    log_in(page, *daemon.password("reception"))
    page.wait(lambda: page.is_shown("#desk"))


def hurry(page: Page, times: int) -> None:
    """Makes the page's own clock run faster."""
    page.run(
        "const slow = window.setTimeout; const times = arguments[0];"
        "window.setTimeout = (work, time, ...rest) => slow(work, time / times, ...rest)",
        times,
    )
