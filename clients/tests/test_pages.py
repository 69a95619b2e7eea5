"""Board, kiosk, desk and docs in real browsers, against a real daemon."""

from __future__ import annotations

from typing import Any

import pytest
from clinicd import Clinic
from daemon import Daemon
from steps import (
    Open,
    doctors,
    free_doctors,
    hurry,
    identify,
    new_patient,
    next_slot,
    number_of,
    watch_calls,
)


def test_a_walk_in_at_the_kiosk_is_on_the_board(paired: Open, desk: Clinic) -> None:
    board = paired("/board")
    kiosk = paired("/kiosk", (1080, 1920))
    waiting = int(board.wait(lambda: board.text("#waiting")))
    kiosk.shot("kiosk-start")
    assert kiosk.accessibility() == []
    kiosk.click("#without-appointment")
    kiosk.shot("kiosk-who")
    assert kiosk.accessibility() == []
    # Wrong input is told in words, at its field.
    kiosk.click("#who-form .main")
    assert kiosk.text("#problem") == "Please enter a phone number."
    assert kiosk.element("#phone").get_attribute("aria-invalid") == "true"
    identify(kiosk, "07123 456789", "29", "02", "1988")
    kiosk.wait(lambda: kiosk.is_shown("#register"))
    kiosk.shot("kiosk-register")
    assert kiosk.accessibility() == []
    kiosk.type("#name", "Zoë ŁAO عمر")
    kiosk.click("#register-form .main")
    kiosk.wait(lambda: kiosk.is_shown("#done"))
    token = kiosk.text("#token")
    kiosk.shot("kiosk-token")
    assert kiosk.accessibility() == []
    board.wait(lambda: board.text("#waiting") == str(waiting + 1))
    today: Any = desk.queue.today()
    mine = next(each for each in today["tokens"] if number_of(each) == token)
    assert mine["patient_name"] == "Zoë ŁAO عمر"
    # Nothing of the last person stays.
    kiosk.click("#finish")
    kiosk.wait(lambda: kiosk.is_shown("#start"))
    values = kiosk.run("return [...document.querySelectorAll('input, select')].map((e) => e.value)")
    assert set(values) == {""}
    assert "ŁAO" not in kiosk.run("return document.body.textContent")
    # The same person cannot take a second number.
    kiosk.click("#without-appointment")
    identify(kiosk, "07123456789", "29", "02", "1988")
    problem = kiosk.wait(lambda: kiosk.text("#problem"))
    assert problem == "There is a number for today already. Please look at the board."
    assert kiosk.log() == []
    assert board.log() == []


def test_calls_are_announced_in_order(paired: Open, desk: Clinic) -> None:
    board = paired("/board")
    assert board.wait(lambda: board.text("#time"))
    who = free_doctors(desk)
    for _ in range(3):
        desk.queue.walk_in(patient_id=new_patient(desk))
    before = (desk.queue.today())["version"]
    watch_calls(board)
    first = desk.queue.call_next(doctor_id=who[0]["id"])
    second = desk.queue.call_next(doctor_id=who[1]["id"])
    board.wait(lambda: board.is_shown("#call"))
    board.shot("board-call")
    called = [number_of(first), number_of(second)]
    board.wait(lambda: board.run("return window.calls") == called, 40)
    assert desk.queue.today()["version"] == before + 2
    board.wait(lambda: not board.is_shown("#call"), 40)
    assert board.texts("#serving .token") == called
    assert board.texts("#serving .room") == [who[0]["room"], who[1]["room"]]
    board.shot("board-1080p")
    assert board.accessibility() == []
    # A board sees no names.
    today: Any = desk.queue.today()
    shown = board.run("return document.body.textContent")
    assert not any(token["patient_name"] in shown for token in today["tokens"])


@pytest.mark.parametrize(
    "name, size, language",
    [("4k", (3840, 2160), "en"), ("tablet", (800, 1280), "fr"), ("arabic", (1920, 1080), "ar"),
     ("hindi", (1920, 1080), "hi")],
)
def test_boards_of_every_size(
    paired: Open, desk: Clinic, name: str, size: tuple[int, int], language: str
) -> None:
    board = paired("/board", size, language)
    board.wait(lambda: board.text("#waiting"))
    assert board.run("return document.documentElement.lang") == language
    assert board.run("return document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    # Nothing is cut off.
    wide, high = board.run(
        "return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert (wide, high) == size
    board.shot(f"board-{name}")
    assert board.accessibility() == []


def test_a_kiosk_left_alone_forgets(paired: Open) -> None:
    kiosk = paired("/kiosk", (1080, 1920))
    hurry(kiosk, 100)
    kiosk.click("#with-appointment")
    kiosk.type("#phone", "07700 900999")
    kiosk.wait(lambda: kiosk.is_shown("#start"))
    assert kiosk.element("#phone").get_attribute("value") == ""


def test_an_appointment_is_checked_in_at_the_kiosk(
    paired: Open, daemon: Daemon, desk: Clinic
) -> None:
    kiosk = paired("/kiosk", (1080, 1920), "es")
    patient = desk.patients.create(
        name="Lucía Prieto", phone="+34 600 111 222", date_of_birth="1990-12-31"
    )["id"]
    slot = next_slot(daemon, doctors(desk)[0]["id"])
    desk.appointments.create(patient_id=patient, slot_id=slot["id"])
    kiosk.click("#with-appointment")
    identify(kiosk, "+34 600 111 222", "31", "12", "1990")
    kiosk.wait(lambda: kiosk.is_shown("#appointments"))
    # Spain writes times as the daemon does, without the first zero.
    assert slot["start_time"].removeprefix("0") in kiosk.text("#appointment-list")
    kiosk.shot("kiosk-appointments-es")
    assert kiosk.accessibility() == []
    kiosk.click("#check-in")
    kiosk.wait(lambda: kiosk.is_shown("#done"))
    today: Any = desk.queue.today()
    token = next(each for each in today["tokens"] if each["patient_id"] == patient)
    assert number_of(token) == kiosk.text("#token")


def test_a_day_at_the_desk(open_page: Open, paired: Open, daemon: Daemon, desk: Clinic) -> None:
    free_doctors(desk)
    page = open_page("/desk", (1440, 900))
    page.shot("desk-login")
    assert page.accessibility() == []
    page.type("#username", "reception")
    page.type("#password", "wrong password")
    page.click("#login-form .main")
    page.wait(lambda: page.text("#problem") == "The user name or the password is wrong.")
    username, password = daemon.password("reception")
    page.element("#password").clear()
    page.type("#password", password)
    page.click("#login-form .main")
    page.wait(lambda: page.is_shown("#desk"))
    page.wait(lambda: page.text("#state") == "Live")
    page.click("#register summary")
    page.type("#name", "Priya भट्ट")
    page.type("#phone", "020 7000 1234")
    page.click("#register-form .main")
    page.wait(lambda: "Priya भट्ट" in page.text("#registered"))
    page.wait(lambda: page.texts("#patients li"))
    page.click("#patients li:first-child button:first-child")
    page.wait(lambda: "has number" in page.text("#registered"))
    token = page.text("#registered").split("number ")[1].rstrip(".")
    page.wait(lambda: token in page.texts("#queue .token"))
    page.shot("desk-queue")
    assert page.accessibility() == []
    # A doctor's call is there at once.
    doctor = doctors(desk)[0]
    today = desk.queue.today()["date"]
    desk.queue.set_status(token=f"{today}-{token}", status="WITH_DOCTOR", doctor_id=doctor["id"])
    page.wait(lambda: page.texts("#queue tr.WITH_DOCTOR .token") == [token])
    page.click("#queue tr.WITH_DOCTOR button")
    page.wait(lambda: token not in page.texts("#queue .token"))
    assert page.log() == []


def test_the_reference_is_what_the_reader_may_use(open_page: Open, daemon: Daemon) -> None:
    page = open_page("/docs", (1440, 900))
    page.wait(lambda: "system.ping" in page.texts("article h2"))
    assert "patients.create" not in page.texts("article h2")
    username, password = daemon.password("reception")
    page.type("#username", username)
    page.type("#password", password)
    page.click("#login-form button")
    page.wait(lambda: "patients.create" in page.texts("article h2"))
    page.run("document.getElementById('system.ping').querySelector('details:last-child').open = true")
    page.run("document.getElementById('system.ping').querySelector('button').click()")
    page.wait(lambda: '"pong": true' in page.text("[id='system.ping'] pre[role=status]"))
    page.shot("docs")
    assert page.accessibility() == []
    assert page.log() == []
