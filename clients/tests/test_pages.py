"""Board, kiosk, desk and docs in real browsers, against a real daemon."""

from __future__ import annotations

import asyncio
import itertools
import signal
from typing import Any, Callable

import pytest
from browser import Page
from clinicd import AsyncClinic, Clinic
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


def test_a_board_that_is_not_live_says_so(paired: Open, daemon: Daemon, desk: Clinic) -> None:
    board = paired("/board")
    board.wait(lambda: board.text("#waiting"))
    daemon.stop(signal.SIGKILL)
    board.wait(lambda: board.is_shown("#lost"))
    board.shot("board-lost")
    daemon.start()
    token = desk.queue.walk_in(patient_id=new_patient(desk))
    board.wait(lambda: not board.is_shown("#lost"))
    summary = desk.queue.summary()
    board.wait(lambda: board.text("#waiting") == str(summary["counts"]["waiting"]))
    # The network is cut and comes back.
    board.offline(True)
    board.wait(lambda: board.is_shown("#lost"), 60)
    desk.queue.set_status(token=str(token["token"]), status="CANCELLED")
    board.offline(False)
    board.wait(lambda: not board.is_shown("#lost"), 60)
    left = str(summary["counts"]["waiting"] - 1)
    board.wait(lambda: board.text("#waiting") == left)


def test_a_kiosk_gives_one_number_over_a_killed_daemon(
    paired: Open, daemon: Daemon, desk: Clinic
) -> None:
    kiosk = paired("/kiosk", (1080, 1920))
    before = desk.queue.summary()["counts"]["total"]
    kiosk.click("#without-appointment")
    identify(kiosk, "07700 900123", "01", "03", "1971")
    kiosk.type("#name", "Only Once")
    daemon.stop(signal.SIGKILL)
    kiosk.click("#register-form .main")
    daemon.start()
    kiosk.wait(lambda: kiosk.is_shown("#done"), 60)
    assert desk.queue.summary()["counts"]["total"] == before + 1
    assert len(desk.patients.list(search="Only Once")["items"]) == 1


def test_a_kiosk_left_alone_forgets(paired: Open) -> None:
    kiosk = paired("/kiosk", (1080, 1920))
    # The page's own clock, a hundred times as fast.
    kiosk.run(
        "const slow = window.setTimeout;"
        "window.setTimeout = (work, time, ...rest) => slow(work, time / 100, ...rest)"
    )
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
    with Clinic(f"unix:{daemon.socket}") as admin:
        admin.login(*daemon.password("admin"))
        slot = next_slot(admin, doctors(desk)[0]["id"])
    desk.appointments.create(patient_id=patient, slot_id=slot["id"])
    kiosk.click("#with-appointment")
    identify(kiosk, "+34 600 111 222", "31", "12", "1990")
    kiosk.wait(lambda: kiosk.is_shown("#appointments"))
    assert slot["start_time"] in kiosk.text("#appointment-list")
    kiosk.shot("kiosk-appointments-es")
    assert kiosk.accessibility() == []
    kiosk.click("#check-in")
    kiosk.wait(lambda: kiosk.is_shown("#done"))
    today: Any = desk.queue.today()
    token = next(each for each in today["tokens"] if each["patient_id"] == patient)
    assert number_of(token) == kiosk.text("#token")


def next_slot(admin: Clinic, doctor: int) -> Any:
    """A free slot of today that can be checked in now."""
    today = admin.system.stats()["today"]
    for _ in range(2):
        slots = admin.slots.list(doctor_id=doctor, from_=today, to=today, available=True)
        if slots["items"]:
            return slots["items"][0]
        admin.slots.create_bulk(
            doctor_id=doctor, from_=today, to=today, start="00:00", end="23:55", minutes=5
        )
    raise AssertionError("no free slot today")


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
    assert page.text("#state") == "Live"
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


def test_fifty_boards_follow(paired: Open, daemon: Daemon, desk: Clinic) -> None:
    page = paired("/board")

    async def main() -> None:
        boards = [AsyncClinic(f"ws://127.0.0.1:{daemon.web_port}/rpc") for _ in range(49)]
        await boards[0].login(*daemon.password("display"))
        token = (await boards[0].auth.login(**dict(zip(("username", "password"), daemon.password("display")))))
        for board in boards:
            await board.call("auth.authenticate", {"access_token": token["access_token"]})
        version = desk.queue.today()["version"]

        async def sees(board: AsyncClinic) -> int:
            async for change in board.follow_queue():
                if change.version > version:
                    return change.version
            return 0

        looks = [asyncio.create_task(sees(board)) for board in boards]
        await asyncio.sleep(0)
        await asyncio.to_thread(lambda: desk.queue.walk_in(patient_id=new_patient(desk)))
        async with asyncio.timeout(30):
            assert set(await asyncio.gather(*looks)) == {version + 1}
        for board in boards:
            await board.close()

    asyncio.run(main())
    waiting = str(desk.queue.summary()["counts"]["waiting"])
    page.wait(lambda: page.text("#waiting") == waiting)
