"""The desk under hands that are quick, among colleagues, and on bad days."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import Any, Iterator

import pytest
from browser import Page
from clinicd import Clinic
from daemon import Daemon
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from steps import (
    Open,
    doctors,
    enter_desk,
    free_doctors,
    hurry,
    log_in,
    new_patient,
    next_slot,
    number_of,
)
from test_words import LANGUAGES, LATER, words
from wire import Wire


@pytest.fixture
def wire(daemon: Daemon) -> Iterator[Wire]:
    wire = Wire(daemon.web_port)
    yield wire
    wire.close()


@pytest.fixture
def admin(daemon: Daemon) -> Iterator[Clinic]:
    with Clinic(f"unix:{daemon.socket}") as admin:
        admin.login(*daemon.password("admin"))
        yield admin


@contextmanager
def somebody(admin: Clinic, role: str, username: str) -> Iterator[Any]:
    """One more user, for a while."""
    user = admin.auth.register(
        username=username, full_name=f"New {username}", role=role, password="a password for a test"
    )
    try:
        yield user
    finally:
        admin.users.update(id=user["id"], enabled=False)


def watch(page: Page, held: str = "") -> None:
    """Notes what the page asks for, and which answers came; keeps back what calls the method `held`."""
    page.run(
        "const [method] = arguments; const plain = window.plainSend ??= WebSocket.prototype.send;"
        "window.sent = []; window.held = []; window.answered = new Set();"
        "WebSocket.prototype.send = function (text) {"
        "  const call = JSON.parse(text); window.socket = this;"
        "  if (!this.watched) this.addEventListener('message', ({data}) =>"
        "    window.answered.add(JSON.parse(data).id));"
        "  this.watched = true; window.sent.push(call.method);"
        "  const go = () => { plain.call(this, text); return call.id; };"
        "  if (call.method === method) window.held.push(go); else go(); }",
        held,
    )


def sent(page: Page, method: str) -> int:
    return int(page.run("return window.sent.filter((each) => each === arguments[0]).length", method))


def release(page: Page, index: int) -> None:
    """Lets one call go, and waits until the page has its answer."""
    call = page.run("return window.held[arguments[0]]()", index)
    page.wait(lambda: page.run("return window.answered.has(arguments[0])", call))


def lose_answer(page: Page, method: str) -> None:
    """Once the page has called the method, its connection brings nothing any more."""
    page.run(
        "const [method] = arguments; const plain = WebSocket.prototype.send;"
        "WebSocket.prototype.send = function (text) {"
        "  if (JSON.parse(text).method === method) {"
        "    this.onmessage = null; window.deaf = this; WebSocket.prototype.send = plain; }"
        "  plain.call(this, text); }",
        method,
    )


def give_up(page: Page, problem: str = "#problem") -> None:
    """That connection ends, and so does the patience with the call; then the page is live again."""
    page.run("const { now } = Date; Date.now = () => now() + 100_000; window.deaf.close()")
    page.wait(lambda: page.text(problem) == words("en", "errors.outcome_unknown"))
    page.wait(lambda: page.text("#state") == "Live")


def double_click(page: Page, selector: str) -> None:
    page.wait(lambda: page.is_shown(selector))
    ActionChains(page.driver).double_click(page.element(selector)).perform()


def status(desk: Clinic, token: Any) -> str:
    tokens: Any = desk.queue.today()["tokens"]
    return str(next(each["status"] for each in tokens if each["token"] == token["token"]))


def focus(page: Page, what: str = "id") -> str:
    return str(page.run(f"return document.activeElement.{what}"))


def row(token: Any) -> str:
    return f"#queue tr[data-key='{token['token']}']"


def called(desk: Clinic, doctor: Any) -> Any:
    """A patient who is with a doctor."""
    token = desk.queue.walk_in(patient_id=new_patient(desk), doctor_id=doctor["id"])
    return desk.queue.set_status(
        token=token["token"], status="WITH_DOCTOR", doctor_id=doctor["id"]
    )


def find(page: Page, name: str) -> None:
    page.element("#search").clear()
    page.type("#search", name)
    page.wait(lambda: [name in text for text in page.texts("#patients li div")] == [True, False])


def book(page: Page, name: str, doctor: Any = None) -> None:
    find(page, name)
    page.click("#patients li button:nth-child(2)")
    page.wait(lambda: page.is_shown("#booking"))
    if doctor:
        page.choose("#booking-doctor", str(doctor["id"]))


@pytest.mark.parametrize("by", ["this desk", "another desk"])
def test_a_click_never_falls_on_who_moved_there(
    open_page: Open, daemon: Daemon, desk: Clinic, by: str
) -> None:
    first, second = (called(desk, doctor) for doctor in free_doctors(desk)[:2])
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    page.wait(lambda: page.is_shown(row(second)))
    page.wait(lambda: not page.elements(f"{row(second)}.moved"))
    page.run("document.querySelector(arguments[0]).focus()", f"{row(second)} button:nth-child(2)")
    watch(page)
    # What has moved rests for long.
    hurry(page, 0.001)
    if by == "this desk":
        page.element(f"{row(first)} button").click()
    else:
        desk.queue.set_status(token=first["token"], status="COMPLETED")
    page.wait(lambda: not page.elements(row(first)))
    before = sent(page, "queue.set_status")
    page.element(f"{row(second)} button").click()
    assert sent(page, "queue.set_status") == before
    assert status(desk, second) == "WITH_DOCTOR"
    if by == "another desk":
        page.run("document.querySelector(arguments[0]).focus()", f"{row(second)} button:nth-child(2)")
    # Its row and the focus in it are still the same ones after changes that have nothing to do with it.
    page.run("window.here = document.activeElement")
    token = desk.queue.walk_in(patient_id=new_patient(desk))
    page.wait(lambda: page.is_shown(row(token)))
    assert page.run("return window.here === document.activeElement && window.here.tagName") == "BUTTON"
    # Where the row with the focus goes, the next one gets it.
    desk.queue.set_status(token=second["token"], status="COMPLETED")
    page.wait(lambda: not page.elements(row(second)))
    assert focus(page, "closest('tbody').id") == "queue"


def test_one_wish_is_done_once(open_page: Open, daemon: Daemon, desk: Clinic) -> None:
    free_doctors(desk)
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    assert focus(page) == "search"
    page.click("#register summary")
    page.type("#name", "Once Only")
    watch(page, "patients.create")
    page.element("#name").send_keys(Keys.ENTER, Keys.ENTER)
    double_click(page, "#register-form .main")
    assert page.run("return window.held.length") == 1
    page.wait(lambda: page.text(".busy") == words("en", "kiosk.busy"))
    assert page.accessibility() == []
    release(page, 0)
    page.wait(lambda: "Once Only" in page.text("#registered"))
    assert page.text(".busy") == ""
    assert focus(page, "parentElement.id") == "register"
    assert len(desk.patients.list(search="Once Only")["items"]) == 1
    # A free time.
    next_slot(daemon, doctors(desk)[0]["id"])
    book(page, "Once Only", doctors(desk)[0])
    watch(page)
    double_click(page, "#slots button")
    page.wait(lambda: "is booked" in page.text("#registered"))
    assert page.text("#problem") == ""
    assert sent(page, "appointments.create") == 1
    # A call.
    desk.queue.walk_in(patient_id=new_patient(desk), doctor_id=doctors(desk)[1]["id"])
    page.choose("#doctor", str(doctors(desk)[1]["id"]))
    watch(page)
    double_click(page, "#call-next")
    page.wait(lambda: page.elements("#queue tr.WITH_DOCTOR"))
    assert sent(page, "queue.call_next") == 1
    assert page.text("#problem") == ""


def test_a_lost_answer_is_asked_for_again(
    open_page: Open, daemon: Daemon, desk: Clinic, wire: Wire
) -> None:
    page = open_page("/desk", (1440, 900), base=wire.bases[0])
    enter_desk(page, daemon)
    page.click("#register summary")
    page.type("#name", "Lost Answer")
    with wire.cut("down"):
        page.click("#register-form .main")
        page.wait(lambda: desk.patients.list(search="Lost Answer")["items"])
        # Its patience is over at once.
        page.run("const now = Date.now; Date.now = () => now() + 100000")
        page.wait(lambda: page.text("#problem"), 60)
        assert page.text("#problem") == words("en", "errors.outcome_unknown")
        assert page.text("#state") == words("en", "errors.connection")
        page.type("#search", "Lost")
        page.wait(lambda: page.text("#problem") == words("en", "errors.connection"), 60)
    page.wait(lambda: page.text("#state") == "Live", 60)
    page.wait(lambda: page.text("#problem") == "")
    # However long the receptionist waits.
    page.run(LATER)
    page.click("#register-form .main")
    page.wait(lambda: "Lost Answer" in page.text("#registered"))
    assert len(desk.patients.list(search="Lost Answer")["items"]) == 1


def test_what_was_done_is_told_although_the_look_at_it_fails(
    open_page: Open, daemon: Daemon, desk: Clinic
) -> None:
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    page.click("#register summary")
    page.type("#name", "Done All The Same")
    watch(page, "patients.list")
    page.click("#register-form .main")
    page.wait(lambda: page.run("return window.held.length"))
    page.run("window.socket.close()")
    page.wait(lambda: sent(page, "patients.list") == 2)
    assert "Done All The Same" in page.text("#registered")
    assert page.text("#problem") == ""


def test_a_login_that_meets_the_end_of_its_connection_is_made(
    open_page: Open, daemon: Daemon
) -> None:
    """The daemon ends one on which nobody logs in; of that the page says nothing."""
    page = open_page("/desk", (1440, 900))
    page.wait(lambda: page.text("#state") == "Live")
    watch(page)
    page.wait(lambda: page.run("return Boolean(window.socket)"))
    page.run(
        "const state = document.getElementById('state'); window.said = [];"
        "new MutationObserver(() => window.said.push(state.textContent))"
        ".observe(state, {childList: true})"
    )
    username, password = daemon.password("reception")
    page.type("#username", username)
    page.type("#password", password)
    page.run("window.socket.close(); document.getElementById('login-form').requestSubmit()")
    page.wait(lambda: page.is_shown("#desk"))
    assert set(page.run("return window.said")) <= {"Live"}


def test_too_many_connections_are_told(open_page: Open) -> None:
    """Behind a proxy the daemon says so on the connection, before it closes it."""
    page = open_page("/desk", (1440, 900))
    page.wait(lambda: page.text("#state") == "Live")
    page.run(
        "const error = {code: -32005, message: '', data: {reason: 'too_many_connections'}};"
        "WebSocket.prototype.send = function () {"
        "  this.onmessage({data: JSON.stringify({jsonrpc: '2.0', id: null, error})}); this.close(); };"
        # The patience of the login is over at once.
        "const { now } = Date; let later = 0; Date.now = () => now() + (later += 100_000)"
    )
    log_in(page, "reception", "password")
    page.wait(lambda: page.text("#problem") == words("en", "errors.too_many_connections"))


def test_a_number_that_was_cancelled_meanwhile_is_given_anew(
    open_page: Open, daemon: Daemon, desk: Clinic
) -> None:
    patient = desk.patients.create(name="Given Anew")["id"]

    def number() -> Any:
        tokens: Any = desk.queue.today()["tokens"]
        live = [t for t in tokens if t["patient_id"] == patient and t["status"] == "WAITING"]
        return live[0] if live else None

    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    find(page, "Given Anew")
    lose_answer(page, "queue.walk_in")
    page.click("#patients li button")
    first = page.wait(number)
    desk.queue.set_status(token=first["token"], status="CANCELLED")
    give_up(page)
    page.click("#patients li button")
    page.wait(lambda: page.text("#registered"))
    second = page.wait(number)
    assert number_of(second) != number_of(first)
    assert number_of(second) in page.text("#registered")


def test_a_time_that_was_freed_meanwhile_is_booked_anew(
    open_page: Open, daemon: Daemon, desk: Clinic
) -> None:
    patient = desk.patients.create(name="Booked Anew")["id"]
    doctor = doctors(desk)[0]
    slot = next_slot(daemon, doctor["id"])

    def booked() -> Any:
        return desk.appointments.list(patient_id=patient, status="SCHEDULED")["items"]

    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    book(page, "Booked Anew", doctor)
    page.wait(lambda: page.texts("#slots button"))
    lose_answer(page, "appointments.create")
    page.click(f"#slots [data-key='{slot['id']}']")
    first = page.wait(booked)[0]
    give_up(page, "#booking .problem")
    desk.appointments.cancel(id=first["id"])
    page.click("#booking .close")
    book(page, "Booked Anew", doctor)
    page.click(f"#slots [data-key='{slot['id']}']")
    page.wait(lambda: page.text("#registered"))
    assert [each["slot_id"] for each in booked()] == [slot["id"]]


def test_a_late_answer_books_with_nobody_else(
    open_page: Open, daemon: Daemon, desk: Clinic
) -> None:
    desk.patients.create(name="Late Answer")
    one, other = doctors(desk)[:2]
    next_slot(daemon, one["id"])
    next_slot(daemon, other["id"])
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    book(page, "Late Answer")
    page.wait(lambda: page.texts("#slots button") or page.is_shown("#slots-empty"))
    watch(page, "slots.list")
    page.choose("#booking-doctor", str(one["id"]))
    # What was free before cannot be booked any more.
    assert page.texts("#slots button") == []
    page.choose("#booking-doctor", str(other["id"]))
    release(page, 1)
    page.wait(lambda: page.texts("#slots button"))
    release(page, 0)
    page.click("#slots button")
    page.wait(lambda: page.text("#registered"))
    patient = desk.patients.list(search="Late Answer")["items"][0]["id"]
    made = desk.appointments.list(patient_id=patient)["items"]
    assert [each["doctor_id"] for each in made] == [other["id"]]
    assert f"with {other['name']}" in page.text("#registered")


@pytest.mark.parametrize("path, inside", [("/desk", "#desk"), ("/docs", "#logout")])
def test_a_copied_tab_asks_for_a_login(
    open_page: Open, daemon: Daemon, path: str, inside: str
) -> None:
    def enter() -> None:
        log_in(page, *daemon.password("reception"))
        page.wait(lambda: page.is_shown(inside))

    page = open_page(path, (1440, 900))
    enter()
    tab = page.driver.current_window_handle
    # It need not answer for that.
    page.run("BroadcastChannel.prototype.postMessage = () => {}")
    page.run("window.open(arguments[0])", path)
    copy = page.wait(lambda: [each for each in page.driver.window_handles if each != tab])
    page.go_to(copy[0])
    page.wait(lambda: page.is_shown("#login-form"))
    page.wait(lambda: page.text("#problem") == words("en", "desk.copied"))
    assert page.accessibility() == []
    enter()
    for each in (tab, copy[0]):
        page.go_to(each)
        page.driver.refresh()
        page.wait(lambda: page.is_shown(inside))
        page.wait(lambda: not page.elements("#state") or page.text("#state") == "Live")


def test_enter_answers_a_question(open_page: Open, daemon: Daemon, desk: Clinic) -> None:
    token = called(desk, free_doctors(desk)[0])
    desk.queue.set_status(token=token["token"], status="COMPLETED")
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    page.click("#all")
    page.click(f"{row(token)} button")
    page.type("#answer", "Too early")
    assert page.accessibility() == []
    page.element("#answer").send_keys(Keys.ENTER)
    page.wait(lambda: status(desk, token) != "COMPLETED")
    desk.patients.create(name="Enter Pressed")
    find(page, "Enter Pressed")
    page.click("#patients li button:nth-child(2)")
    page.wait(lambda: page.is_shown("#booking"))
    page.element("#booking-date").send_keys(Keys.ENTER)
    assert page.is_shown("#booking")
    page.click("#booking .close")
    assert not page.is_shown("#booking")


def test_it_fits_every_width(open_page: Open, daemon: Daemon, desk: Clinic) -> None:
    long = desk.patients.create(name="W" * 200)["id"]
    token = desk.queue.walk_in(patient_id=long, priority="EMERGENCY")
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    page.type("#search", "a")
    page.wait(lambda: page.is_shown(row(token)) and page.texts("#patients li"))
    for language in ("en", "fr", "es", "ar", "hi"):
        page.choose("#language", language)
        call = words(language, "desk.call")
        page.wait(lambda: call in page.texts(f"{row(token)} button"))
        for width in (390, 768, 1024, 1280, 1440):
            metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
            page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            place = f"{language} at {width}"
            wide = "return document.documentElement.scrollWidth <= innerWidth"
            assert page.run(wide), place
            lines = page.run(
                "return new Set([...document.querySelectorAll(arguments[0])]"
                ".map((button) => button.getBoundingClientRect().top)).size",
                f"{row(token)} button",
            )
            assert lines <= (2 if width < 400 else 1), place
            page.run("scrollTo(0, 0)")
            page.shot(f"desk-{width}-{language}")
            if language == "en":
                assert page.accessibility() == [], place


def test_an_entry_that_fails_is_made_up_for(open_page: Open, daemon: Daemon, desk: Clinic) -> None:
    desk.queue.walk_in(patient_id=new_patient(desk))
    page = open_page("/desk", (1440, 900))
    page.wait(lambda: page.is_shown("#login"))
    watch(page, "queue.subscribe")
    enter_desk(page, daemon)
    page.wait(lambda: page.run("return window.held.length"))
    assert not page.is_shown("#queue-empty")
    watch(page, "doctors.list")
    page.run("window.socket.close()")
    page.wait(lambda: page.run("return window.held.length"))
    assert page.texts("#queue tr") or page.wait(lambda: page.texts("#queue tr"))
    watch(page)
    page.run("window.socket.close()")
    page.wait(lambda: len(page.elements("#doctor option")) > 1)
    assert page.text("#problem") == ""


def looks(page: Page, script: str) -> None:
    """Loads the page anew with another way to look now and then."""
    run = page.driver.execute_cdp_cmd
    added = run("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    page.driver.refresh()
    run("Page.removeScriptToEvaluateOnNewDocument", added)


def test_appointments_follow_other_desks(open_page: Open, daemon: Daemon, desk: Clinic) -> None:
    doctor = doctors(desk)[0]["id"]
    patient = new_patient(desk)
    name = desk.patients.get(id=patient)["name"]

    def appointment() -> Any:
        return desk.appointments.create(
            patient_id=patient, slot_id=next_slot(daemon, doctor)["id"], override=True
        )

    page = open_page("/desk", (1440, 900))
    first = appointment()
    # At first it does not look by itself, nor half a second after a change of the queue.
    looks(
        page,
        "const later = setTimeout; setInterval = () => {};"
        "setTimeout = (work, time, ...rest) => time === 500 ? 0 : later(work, time, ...rest)",
    )
    enter_desk(page, daemon)
    item = f"#appointments li[data-key='{first['id']}']"
    page.wait(lambda: page.is_shown(item))
    assert name in page.text(item)
    # After a refusal it is looked again.
    desk.appointments.cancel(id=first["id"])
    page.click(f"{item} button:nth-child(3)")
    page.wait(lambda: page.text("#problem"))
    page.wait(lambda: not page.elements(item))
    # And without one now and then.
    looks(page, "const slow = setInterval; setInterval = (work, time) => slow(work, time / 30)")
    page.wait(lambda: page.is_shown("#desk"))
    page.wait(lambda: page.texts("#appointments li") or page.is_shown("#appointments-empty"))
    second = appointment()
    page.wait(lambda: page.is_shown(f"#appointments li[data-key='{second['id']}']"))
    desk.appointments.cancel(id=second["id"])


def test_long_lists_are_whole_or_say_so(
    open_page: Open, daemon: Daemon, desk: Clinic, admin: Clinic
) -> None:
    doctor = doctors(desk)[1]
    admin.slots.create_bulk(
        doctor_id=doctor["id"], from_="2031-03-05", to="2031-03-05",
        start="00:00", end="20:00", minutes=5,
    )  # fmt: skip
    for number in range(26):
        desk.patients.create(name=f"Countless {number}")
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    page.type("#search", "Countless")
    page.wait(lambda: page.is_shown("#patients-more"))
    assert len(page.texts("#patients li")) == 25
    book(page, "Countless 25", doctor)
    assert not page.is_shown("#patients-more")
    page.choose("#booking-date", "2031-03-05")
    page.wait(lambda: len(page.texts("#slots button")) == 240)
    # Without a day there is nothing to book.
    page.choose("#booking-date", "")
    assert page.texts("#slots button") == []


def test_who_waits_stands_in_order(open_page: Open, daemon: Daemon, desk: Clinic) -> None:
    doctor = free_doctors(desk)[2]["id"]
    made = [
        desk.queue.walk_in(patient_id=new_patient(desk), doctor_id=doctor, priority=priority)
        for priority in ("ROUTINE", "URGENT", "EMERGENCY")
        for _ in range(4)
    ]
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    page.choose("#doctor", str(doctor))
    ours = [number_of(token) for token in made]
    page.wait(lambda: set(ours) <= set(page.texts("#queue .token")))
    shown = [number for number in page.texts("#queue .token") if number in ours]
    assert shown == ours[8:] + ours[4:8] + ours[:4]


def test_what_another_doctor_takes_is_shown_no_more(
    open_page: Open, daemon: Daemon, desk: Clinic
) -> None:
    ours, other = (doctor["id"] for doctor in free_doctors(desk)[:2])
    unassigned = desk.queue.walk_in(patient_id=new_patient(desk))
    handed = desk.queue.walk_in(patient_id=new_patient(desk), doctor_id=ours)
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    page.wait(lambda: page.elements(f"#doctor option[value='{ours}']"))
    page.choose("#doctor", str(ours))
    page.wait(lambda: page.elements(row(unassigned)) and page.elements(row(handed)))
    desk.queue.set_status(token=unassigned["token"], status="WITH_DOCTOR", doctor_id=other)
    desk.queue.transfer(token=handed["token"], doctor_id=other)
    page.wait(lambda: not page.elements(row(unassigned)) and not page.elements(row(handed)))
    desk.queue.set_status(token=unassigned["token"], status="COMPLETED")
    desk.queue.set_status(token=handed["token"], status="CANCELLED")


def test_nothing_is_left_to_the_next_one(
    open_page: Open, daemon: Daemon, desk: Clinic, admin: Clinic
) -> None:
    desk.patients.create(name="Private Matter")
    page = open_page("/desk", (1440, 900))
    page.wait(lambda: page.is_shown("#login"))
    with somebody(admin, "RECEPTION", "temporary") as user:
        log_in(page, "temporary", "a password for a test")
        page.wait(lambda: page.is_shown("#desk"))
        page.click("#register summary")
        page.type("#name", "Half Typed")
        book(page, "Private Matter")
        # An ended login tells why, and the same one finds what was typed.
        admin.users.reset_password(id=user["id"], new_password="another password for it")
        page.wait(lambda: page.is_shown("#login"))
        assert not page.is_shown("#booking")
        assert page.text("#problem") == words("en", "desk.ended")
        assert page.accessibility() == []
        log_in(page, "temporary", "another password for it")
        page.wait(lambda: page.is_shown("#desk"))
        assert page.element("#name").get_attribute("value") == "Half Typed"
        assert page.text("#problem") == ""
        page.wait(lambda: page.texts("#patients li"))
    page.wait(lambda: page.is_shown("#login"))
    assert page.texts("#patients li") == []
    enter_desk(page, daemon)
    for field in ("#name", "#search"):
        assert page.element(field).get_attribute("value") == ""


def test_a_logout_at_a_silent_daemon_forgets_at_once(open_page: Open, daemon: Daemon) -> None:
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    page.type("#search", "a")
    page.wait(lambda: page.texts("#patients li"))
    assert daemon.process is not None
    os.kill(daemon.process.pid, signal.SIGSTOP)
    try:
        page.click("#logout")
        assert page.is_shown("#login")
        assert page.texts("#patients li") + page.texts("#queue tr") == []
    finally:
        os.kill(daemon.process.pid, signal.SIGCONT)
    enter_desk(page, daemon)
    page.wait(lambda: page.text("#state") == "Live")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_logout_that_is_not_told_says_so(
    open_page: Open, daemon: Daemon, wire: Wire, language: str
) -> None:
    page = open_page("/desk", (1440, 900), language, base=wire.bases[0])
    enter_desk(page, daemon)
    watch(page)
    page.wait(lambda: page.run("return Boolean(window.socket)"))
    with wire.cut():
        page.run("window.socket.close()")
        page.click("#logout")
        page.wait(lambda: page.text("#problem") == words(language, "errors.logout_untold"))
        assert page.is_shown("#login")
        assert page.run("return sessionStorage.getItem('clinicd.desk')") is None
        assert page.accessibility() == []
    page.wait(lambda: page.text("#state") == words(language, "desk.live"), 60)
    assert page.is_shown("#login")


def test_a_logout_during_a_renewal_stays_one(open_page: Open, daemon: Daemon) -> None:
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    watch(page, "auth.refresh")
    page.wait(lambda: page.run("return Boolean(window.socket)"))
    page.run("window.socket.close()")
    page.wait(lambda: page.run("return window.held.length"))
    page.click("#logout")
    page.wait(lambda: page.text("#problem") == words("en", "errors.logout_untold"))
    page.run("WebSocket.prototype.send = window.plainSend")
    page.run("window.held[0]()")
    page.wait(lambda: page.text("#state") == "Live")
    assert page.is_shown("#login")
    assert page.run("return sessionStorage.getItem('clinicd.desk')") is None


def test_a_new_doctor_is_known(
    open_page: Open, daemon: Daemon, desk: Clinic, admin: Clinic
) -> None:
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    page.wait(lambda: page.elements("#doctor option"))
    with somebody(admin, "DOCTOR", "newcomer") as doctor:
        token = desk.queue.walk_in(patient_id=new_patient(desk), doctor_id=doctor["id"])
        page.wait(lambda: "New newcomer" in page.text(row(token)))
        assert "New newcomer" in page.text("#doctor")
        desk.queue.set_status(token=token["token"], status="CANCELLED")


def test_who_waits_for_a_doctor_who_left_is_called_by_another(
    open_page: Open, daemon: Daemon, desk: Clinic, admin: Clinic
) -> None:
    other = free_doctors(desk)[0]
    with somebody(admin, "DOCTOR", "leaver") as doctor:
        token = desk.queue.walk_in(patient_id=new_patient(desk), doctor_id=doctor["id"])
    page = open_page("/desk", (1440, 900))
    enter_desk(page, daemon)
    page.wait(lambda: page.elements("#doctor option:nth-child(2)"))
    page.click(f"{row(token)} button")
    page.wait(lambda: page.is_shown("#question"))
    page.choose("#answer-choice", str(other["id"]))
    page.click("#question .main")
    page.wait(lambda: status(desk, token) == "WITH_DOCTOR")
    assert other["name"] in page.wait(lambda: page.text(f"{row(token)}.WITH_DOCTOR"))
    desk.queue.set_status(token=token["token"], status="COMPLETED")


@pytest.mark.parametrize("role", ["pharmacist", "kiosk"])
def test_the_desk_is_for_those_who_work_there(open_page: Open, daemon: Daemon, role: str) -> None:
    page = open_page("/desk", (1440, 900))
    log_in(page, *daemon.password(role))
    page.wait(lambda: page.text("#problem") == words("en", "desk.wrong_role"))
    assert page.is_shown("#login")


def test_a_refusal_is_in_sight_and_alone(open_page: Open, daemon: Daemon, desk: Clinic) -> None:
    page = open_page("/desk", (1024, 500))
    enter_desk(page, daemon)
    desk.patients.create(name="Out of Sight")
    find(page, "Out of Sight")
    page.click("#patients li button")
    page.wait(lambda: page.text("#registered"))
    page.click("#register summary")
    page.type("#name", "Year One")
    page.run("document.querySelector('#born').removeAttribute('min')")
    page.choose("#born", "0001-01-01")
    page.click("#register-form .main")
    page.wait(lambda: page.text("#problem") == words("en", "errors.field_date_of_birth"))
    assert page.text("#registered") == ""
    place = page.run("return document.querySelector('#problem').getBoundingClientRect().toJSON()")
    assert 0 <= place["top"] < place["bottom"] <= 500
