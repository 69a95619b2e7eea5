"""Lost connections, killed and paused daemons, many boards: in real browsers."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import Callable, Iterator

import pytest
from browser import Page
from clinicd import Clinic
from daemon import ROOT, Daemon
from steps import Open, free_doctors, hurry, identify, new_patient, number_of, watch_calls
from test_words import LANGUAGES
from wire import Wire

BOARDS = 50


@contextmanager
def silent(daemon: Daemon) -> Iterator[None]:
    """Meanwhile the daemon answers nobody."""
    assert daemon.process is not None
    os.kill(daemon.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(daemon.process.pid, signal.SIGCONT)


@pytest.fixture
def wire(daemon: Daemon) -> Iterator[Wire]:
    wire = Wire(daemon.web_port, BOARDS)
    yield wire
    wire.close()


def waiting(desk: Clinic) -> int:
    return int(desk.queue.summary()["counts"]["waiting"])


def count_attempts(page: Page) -> None:
    """Counts how often the page tries to connect."""
    page.run(
        "const Plain = WebSocket; window.attempts = 0;"
        "window.WebSocket = class extends Plain {"
        "  constructor(...all) { super(...all); window.attempts += 1; } }"
    )


def test_a_board_says_that_the_daemon_is_gone(paired: Open, daemon: Daemon, desk: Clinic) -> None:
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
def test_a_kiosk_gives_one_number_over_a_killed_daemon(
    paired: Open, daemon: Daemon, desk: Clinic
) -> None:
    kiosk = paired("/kiosk", (1080, 1920))
    before = desk.queue.summary()["counts"]["total"]
    kiosk.click("#without-appointment")
    identify(kiosk, "07700 900123", "01", "03", "1971")
    kiosk.type("#name", "Numbered Once")
    daemon.stop(signal.SIGKILL)
    kiosk.click("#register-form .main")
    daemon.start()
    kiosk.wait(lambda: kiosk.is_shown("#done"), 60)
    assert desk.queue.summary()["counts"]["total"] == before + 1
    assert len(desk.patients.list(search="Numbered Once")["items"]) == 1


def test_a_board_over_a_long_cut_misses_nothing(paired: Open, desk: Clinic, wire: Wire) -> None:
    board = paired("/board", base=wire.bases[0])
    board.wait(lambda: board.text("#waiting"))
    count_attempts(board)
    token = desk.queue.walk_in(patient_id=new_patient(desk))
    left = waiting(desk)
    board.wait(lambda: board.text("#waiting") == str(left))
    with wire.cut():
        board.wait(lambda: board.is_shown("#lost"), 60)
        # It goes on trying.
        board.wait(lambda: board.run("return window.attempts") >= 2, 120)
        desk.queue.set_status(token=str(token["token"]), status="CANCELLED")
        assert not board.is_shown("#waiting")
    board.wait(lambda: not board.is_shown("#lost"), 60)
    board.wait(lambda: board.text("#waiting") == str(left - 1))


def test_a_board_after_a_cut_calls_who_is_still_served(
    paired: Open, desk: Clinic, wire: Wire
) -> None:
    board = paired("/board", base=wire.bases[0])
    doctor = free_doctors(desk)[0]["id"]
    for _ in range(4):
        desk.queue.walk_in(patient_id=new_patient(desk), doctor_id=doctor)
    board.wait(lambda: board.text("#waiting") == str(waiting(desk)))
    watch_calls(board)
    with wire.cut():
        for _ in range(3):
            seen = desk.queue.call_next(doctor_id=doctor)
            desk.queue.set_status(token=seen["token"], status="COMPLETED")
        called = desk.queue.call_next(doctor_id=doctor)
    board.wait(lambda: board.is_shown("#call"), 60)
    assert board.run("return window.calls") == [number_of(called)]
    # A call goes with whom it is for.
    hurry(board, 0.01)
    desk.queue.set_status(token=called["token"], status="COMPLETED")
    board.wait(lambda: not board.is_shown("#call"), 4)


def test_a_new_board_without_a_connection_says_so(open_page: Open, wire: Wire) -> None:
    board = open_page("/board", base=wire.bases[0])
    board.wait(lambda: board.text("#code"))
    assert not board.is_shown("#lost")
    with wire.cut():
        board.wait(lambda: board.is_shown("#lost"), 60)
        board.shot("board-pairing-lost")
    board.wait(lambda: not board.is_shown("#lost"), 60)
    assert board.is_shown("#pairing")


def test_a_board_says_that_the_daemon_is_silent(paired: Open, desk: Clinic, daemon: Daemon) -> None:
    board = paired("/board")
    board.wait(lambda: board.text("#waiting"))
    with silent(daemon):
        board.wait(lambda: board.is_shown("#lost"), 60)
        assert board.text("#lost") == "This board is not up to date. Please ask at the reception."
        # What is not true any more is not there to be read.
        assert not board.is_shown("#waiting")
    board.wait(lambda: not board.is_shown("#lost"), 60)
    board.wait(lambda: board.is_shown("#waiting"))


def revoke_newest(daemon: Daemon) -> None:
    """Takes the login of the device that was paired last."""
    with Clinic(f"unix:{daemon.socket}") as admin:
        admin.login(*daemon.password("admin"))
        newest = max(admin.devices.list(limit=200)["items"], key=lambda device: device["id"])
        admin.devices.revoke(id=newest["id"])


def test_a_board_whose_login_is_revoked_pairs_again(
    paired: Open, desk: Clinic, daemon: Daemon
) -> None:
    board = paired("/board")
    board.wait(lambda: board.text("#waiting"))
    revoke_newest(daemon)
    board.wait(lambda: board.is_shown("#pairing") and board.text("#code") != "", 60)
    desk.devices.approve(code=board.text("#code"), name="Again")
    board.wait(lambda: board.is_shown("#waiting"), 60)
    desk.queue.walk_in(patient_id=new_patient(desk))
    board.wait(lambda: board.text("#waiting") == str(waiting(desk)))


def test_a_kiosk_whose_login_is_revoked_pairs_again(
    paired: Open, desk: Clinic, daemon: Daemon
) -> None:
    kiosk = paired("/kiosk", (1080, 1920))
    start_walk_in(kiosk, "Half Written", "07700 900128")
    revoke_newest(daemon)
    # Nobody touches it.
    kiosk.wait(lambda: kiosk.is_shown("#pairing") and kiosk.text("#code") != "")
    assert kiosk.text("#problem") == ""
    assert kiosk.element("#name").get_attribute("value") == ""
    desk.devices.approve(code=kiosk.text("#code"), name="Again")
    kiosk.wait(lambda: kiosk.is_shown("#start"))
    # This time somebody does, at once.
    kiosk.click("#with-appointment")
    kiosk.type("#phone", "07700 900128")
    for name, value in (("day", "01"), ("month", "03"), ("year", "1971")):
        kiosk.choose(f"#{name}", value)
    revoke_newest(daemon)
    kiosk.run("document.getElementById('who-form').requestSubmit()")
    kiosk.wait(lambda: kiosk.is_shown("#pairing") and kiosk.text("#code") != "")
    assert "log in" not in kiosk.text("#problem")
    desk.devices.approve(code=kiosk.text("#code"), name="Once more")
    kiosk.click("#with-appointment")
    identify(kiosk, "07700 900128", "01", "03", "1971")
    kiosk.wait(lambda: kiosk.is_shown("#none"))


def stack(daemon: Daemon, *arguments: str) -> None:
    subprocess.run([ROOT / "scripts/stack", *arguments, daemon.home / "stack"], check=True)


def test_a_kiosk_whose_renewal_fails_goes_on(paired: Open, daemon: Daemon) -> None:
    with daemon.configured({"ACCESS_TOKEN_EXPIRE_MINUTES": "1"}):
        kiosk = paired("/kiosk", (1080, 1920))
        began = time.monotonic()
        # It renews its token after 48 seconds, and without that has none after 60.
        kiosk.run(
            "const { send } = WebSocket.prototype; window.renewals = 0;"
            "WebSocket.prototype.send = function (text) {"
            "  window.renewals += text.includes('auth.refresh'); send.call(this, text); }"
        )
        stack(daemon, "kill", "postgres")
        kiosk.wait(lambda: kiosk.run("return window.renewals"), seconds=60)
        stack(daemon, "start", "postgres")
        time.sleep(max(0, began + 62 - time.monotonic()))
        kiosk.click("#with-appointment")
        identify(kiosk, "07700 900129", "01", "03", "1971")
        kiosk.wait(lambda: kiosk.is_shown("#none") or kiosk.text("#problem"))
        assert kiosk.text("#problem") == ""


def test_an_outage_after_the_approval_does_not_undo_it(
    open_page: Open, desk: Clinic, wire: Wire
) -> None:
    kiosk = open_page("/kiosk", base=wire.bases[0])
    code = kiosk.wait(lambda: kiosk.text("#code"))
    # The patience of each of its calls is over at once.
    kiosk.run(
        "const { now } = Date; let later = 0; Date.now = () => now() + (later += 100_000);"
        "const { send } = WebSocket.prototype; window.claims = 0;"
        "WebSocket.prototype.send = function (text) {"
        "  window.claims += text.includes('devices.claim'); send.call(this, text); }"
    )
    with wire.cut():
        claims = int(kiosk.run("return window.claims"))
        kiosk.wait(lambda: kiosk.run("return window.claims") > claims)
        approved = desk.devices.approve(code=code, name="Approved")
    assert approved["status"] == "APPROVED"
    kiosk.wait(lambda: kiosk.is_shown("#start"))


def start_walk_in(kiosk: Page, name: str, phone: str) -> None:
    kiosk.click("#without-appointment")
    identify(kiosk, phone, "01", "03", "1971")
    kiosk.type("#name", name)


def end_patience(kiosk: Page) -> None:
    """What it waits for has taken long enough now."""
    kiosk.run("const now = Date.now; Date.now = () => now() + 100000")


def test_a_kiosk_that_gets_no_answer_gives_one_number(
    paired: Open, desk: Clinic, wire: Wire
) -> None:
    kiosk = paired("/kiosk", (1080, 1920), base=wire.bases[0])
    before = desk.queue.summary()["counts"]["total"]
    start_walk_in(kiosk, "Cut Off", "07700 900124")
    with wire.cut("down"):
        kiosk.click("#register-form .main")
        # The daemon has heard it.
        kiosk.wait(lambda: desk.patients.list(search="Cut Off")["items"])
        kiosk.wait(lambda: "you get one number only" in kiosk.text("#busy"), 60)
        kiosk.shot("kiosk-reconnecting")
        assert kiosk.accessibility() == []
    kiosk.wait(lambda: kiosk.is_shown("#done"), 60)
    assert desk.queue.summary()["counts"]["total"] == before + 1
    assert len(desk.patients.list(search="Cut Off")["items"]) == 1


def test_a_kiosk_that_gives_up_says_what_to_do(
    paired: Open, desk: Clinic, daemon: Daemon
) -> None:
    kiosk = paired("/kiosk", (1080, 1920), "fr")
    before = desk.queue.summary()["counts"]["total"]
    start_walk_in(kiosk, "Gave Up", "07700 900125")
    daemon.stop(signal.SIGKILL)
    kiosk.click("#register-form .main")
    end_patience(kiosk)
    kiosk.wait(lambda: kiosk.text("#problem"), 60)
    assert kiosk.text("#problem").startswith("L’ordinateur de la clinique ne répond pas. Réessayez")
    kiosk.shot("kiosk-gave-up-fr")
    daemon.start()
    kiosk.wait(lambda: not kiosk.text("#busy"), 60)
    kiosk.click("#register-form .main")
    kiosk.wait(lambda: kiosk.is_shown("#done"), 60)
    assert desk.queue.summary()["counts"]["total"] == before + 1
    assert len(desk.patients.list(search="Gave Up")["items"]) == 1


def test_a_name_that_is_corrected_after_a_lost_answer_is_one_record(
    paired: Open, desk: Clinic, wire: Wire
) -> None:
    kiosk = paired("/kiosk", (1080, 1920), base=wire.bases[0])
    before = desk.queue.summary()["counts"]["total"]
    start_walk_in(kiosk, "Jon Smithe", "07700 900127")
    with wire.cut("down"):
        kiosk.click("#register-form .main")
        kiosk.wait(lambda: desk.patients.list(search="Jon Smithe")["items"])
        end_patience(kiosk)
        kiosk.wait(lambda: kiosk.text("#problem"), 60)
    kiosk.wait(lambda: not kiosk.text("#busy"), 60)
    kiosk.element("#name").clear()
    kiosk.type("#name", "Jon Smith")
    kiosk.click("#register-form .main")
    kiosk.wait(lambda: kiosk.is_shown("#done"), 60)
    assert desk.queue.summary()["counts"]["total"] == before + 1
    found = desk.patients.list(search="07700 900127")["items"]
    assert [each["name"] for each in found] == ["Jon Smithe"]


def test_a_kiosk_that_is_cut_off_has_every_language(paired: Open, wire: Wire) -> None:
    kiosk = paired("/kiosk", (1080, 1920), base=wire.bases[0])
    read = (
        "const names = performance.getEntriesByType('resource').map(({name}) => name);"
        "return arguments[0].every((code) => names.some((name) => name.includes(`/${code}.json`)))"
    )
    kiosk.wait(lambda: kiosk.run(read, LANGUAGES))
    with wire.cut():
        kiosk.click("#languages [lang=ar]")
        kiosk.wait(lambda: kiosk.run("return document.documentElement.dir") == "rtl", 5)
        kiosk.click("#with-appointment")
        kiosk.click("#who .back")
        # The next visitor has the usual one.
        kiosk.wait(lambda: kiosk.run("return document.documentElement.lang") == "en", 5)
        assert kiosk.text("#start h1") == "Welcome. How can we help you?"
    assert kiosk.log() == []


def test_a_kiosk_at_a_silent_daemon_gives_one_number(
    paired: Open, desk: Clinic, daemon: Daemon
) -> None:
    kiosk = paired("/kiosk", (1080, 1920), "hi")
    before = desk.queue.summary()["counts"]["total"]
    start_walk_in(kiosk, "Silence", "07700 900126")
    with silent(daemon):
        kiosk.click("#register-form .main")
        kiosk.wait(lambda: "आपको एक ही नंबर मिलेगा" in kiosk.text("#busy"), 60)
    kiosk.wait(lambda: kiosk.is_shown("#done"), 60)
    assert desk.queue.summary()["counts"]["total"] == before + 1
    assert len(desk.patients.list(search="Silence")["items"]) == 1


def test_fifty_boards_follow(
    open_page: Open, daemon: Daemon, desk: Clinic, wire: Wire
) -> None:
    browser = open_page("/shared/icon.svg", (960, 540), base=wire.bases[0])
    tabs: list[str] = []
    for base in wire.bases:
        with Clinic(f"unix:{daemon.socket}") as board:
            login = board.login(*daemon.password("display"))["refresh_token"]
        tabs.append(browser.open_tab("/shared/icon.svg", base=base))
        browser.run("localStorage.setItem('clinicd.board', arguments[0])", login)
        browser.driver.get(f"{base}/board")

    def all_are(look: Callable[[], bool]) -> None:
        for tab in tabs:
            browser.go_to(tab)
            browser.wait(look, 120)

    def all_show(count: int) -> None:
        all_are(lambda: browser.text("#waiting") == str(count) and browser.is_shown("#waiting"))

    all_show(waiting(desk))
    desk.queue.walk_in(patient_id=new_patient(desk))
    all_show(waiting(desk))
    # The daemon is killed and comes back.
    daemon.stop(signal.SIGKILL)
    all_are(lambda: browser.is_shown("#lost"))
    daemon.start()
    token = desk.queue.walk_in(patient_id=new_patient(desk))
    all_show(waiting(desk))
    # The network is cut and comes back.
    with wire.cut():
        all_are(lambda: browser.is_shown("#lost"))
        desk.queue.set_status(token=str(token["token"]), status="CANCELLED")
    all_show(waiting(desk))
