"""Board, kiosk, desk and docs in real browsers, against a real daemon."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator

import pytest
from clinicd import Clinic
from daemon import Daemon
from steps import (
    Open,
    doctors,
    free_doctors,
    hurry,
    identify,
    log_in,
    new_patient,
    next_slot,
    number_of,
    visitors,
    watch_calls,
)
from test_desk import double_click, release, sent, watch


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
    assert kiosk.is_shown("#register .hint")
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


#: Rooms and names of doctors, up to the longest that there may be.
LONG = [
    ("W" * 40, "M" * 200),
    ("Untersuchungszimmer", "Dr. Anneliese von Schwarzenberg-Hohenlohe (Innere Medizin, Notfälle)"),
    ("Behandlungszimmer 2, Erdgeschoss links", "Dr. Meera Rao"),
    ("غرفة الفحص رقم ٢، الطابق الأرضي، يسار", "د. عبد الرحمن بن عبد العزيز القحطاني"),
    ("जाँच कक्ष क्रमांक २, भूतल, बाईं ओर", "डॉ. लक्ष्मीनारायण विश्वनाथ चतुर्वेदी"),
    ("Room 1", "Dr. Wolfeschlegelsteinhausenbergerdorff-Krankenschwesterheim"),
]


@contextmanager
def more_doctors(daemon: Daemon, desk: Clinic, who: list[tuple[str, str]]) -> Iterator[list[int]]:
    """Doctors of such rooms and names; nobody else calls anybody."""
    free_doctors(desk)
    with Clinic(f"unix:{daemon.socket}", patience=60) as admin:
        admin.login(*daemon.password("admin"))
        ids = [
            int(
                admin.auth.register(
                    username=f"more{next(visitors)}",
                    password="correct horse battery",
                    full_name=name,
                    role="DOCTOR",
                    room=room,
                )["id"]
            )
            for room, name in who
        ]
        for _ in ids:
            desk.queue.walk_in(patient_id=new_patient(desk))
        yield ids
        free_doctors(desk)
        for number in ids:
            admin.users.update(id=number, enabled=False)


@pytest.fixture
def with_long_names(daemon: Daemon, desk: Clinic) -> Iterator[list[int]]:
    with more_doctors(daemon, desk, LONG) as ids:
        yield ids


#: What is not wholly within its box, and what a text's own box cuts off in height without an ellipsis.
OUTSIDE = """
const outside = [];
for (const li of document.querySelectorAll("#serving li")) {
  const box = li.getBoundingClientRect();
  for (const name of [".token", ".where", ".room", ".doctor"]) {
    const part = li.querySelector(name).getBoundingClientRect();
    if (!part.width) continue;
    const isInside = part.left >= box.left - 1 && part.right <= box.right + 1
      && part.top >= box.top - 1 && part.bottom <= box.bottom + 1;
    if (!isInside) outside.push([name, li.textContent]);
  }
  const where = li.querySelector(".where");
  if (where.scrollHeight > where.clientHeight + 1) outside.push(["cut", li.textContent]);
  const [token, text] = [li.querySelector(".token"), where].map((each) => each.getBoundingClientRect());
  const isClear = token.right <= text.left + 1 || token.left >= text.right - 1
    || token.bottom <= text.top + 1;
  if (!isClear) outside.push(["over", li.textContent]);
}
return outside;
"""


@pytest.mark.parametrize(
    "name, size, language",
    [("4k", (3840, 2160), "en"), ("long", (1920, 1080), "en"), ("small", (1024, 768), "en"),
     ("tablet", (800, 1280), "fr"), ("arabic", (1920, 1080), "ar"), ("hindi", (1920, 1080), "hi")],
)
def test_boards_of_every_size(
    paired: Open,
    desk: Clinic,
    with_long_names: list[int],
    name: str,
    size: tuple[int, int],
    language: str,
) -> None:
    board = paired("/board", size, language)
    board.wait(lambda: board.text("#waiting"))
    assert board.run("return document.documentElement.lang") == language
    assert board.run("return document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    # However many are served, their rooms and doctors stay in their boxes, and a call on the screen.
    for number, doctor in enumerate(with_long_names, 1):
        desk.queue.call_next(doctor_id=doctor)
        board.wait(lambda: len(board.texts("#serving li")) == number)
        assert board.run(OUTSIDE) == []
        if number == 1:
            board.wait(lambda: board.is_shown("#call"))
            board.shot(f"board-{name}-call")
            left, top, right, bottom = board.run(
                "const box = document.getElementById('call-where').getBoundingClientRect();"
                "return [box.left, box.top, box.right, box.bottom]"
            )
            assert 0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]
            # The other calls take no time.
            hurry(board, 20)
        if number in (1, 3):
            board.wait(lambda: not board.is_shown("#call"))
            board.shot(f"board-{name}-{number}")
    last = LONG[-1][0]
    board.wait(lambda: board.text("#call-where") == last and not board.is_shown("#call"))
    # Nothing is cut off.
    wide, high = board.run(
        "return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert (wide, high) == size
    board.shot(f"board-{name}")
    assert board.accessibility() == []


def test_a_name_that_is_corrected_calls_nobody_again(
    paired: Open, daemon: Daemon, desk: Clinic
) -> None:
    with more_doctors(daemon, desk, [(f"Room {n}", f"Dr. Wrong {n}") for n in range(3)]) as ids:
        board = paired("/board")
        board.wait(lambda: board.text("#waiting"))
        watch_calls(board)
        hurry(board, 20)
        called = [number_of(desk.queue.call_next(doctor_id=doctor)) for doctor in ids[:2]]
        board.wait(lambda: board.run("return window.calls") == called)
        with Clinic(f"unix:{daemon.socket}") as admin:
            admin.login(*daemon.password("admin"))
            admin.users.update(id=ids[0], full_name="Dr. Right")
        called.append(number_of(desk.queue.call_next(doctor_id=ids[2])))
        board.wait(lambda: "Dr. Right" in board.texts("#serving .doctor"))
        board.wait(lambda: called[-1] in board.run("return window.calls"))
        assert board.run("return window.calls") == called


@pytest.mark.parametrize("name, size", [("wide", (1920, 1080)), ("upright", (1080, 1920))])
def test_a_board_of_many_is_read_from_afar(
    paired: Open, daemon: Daemon, desk: Clinic, name: str, size: tuple[int, int]
) -> None:
    who = [(f"Room {number}", f"Dr. Person {number}") for number in range(1, 20)]
    with more_doctors(daemon, desk, who) as ids:
        for doctor in ids:
            desk.queue.call_next(doctor_id=doctor)
        for _ in range(5):
            desk.queue.walk_in(patient_id=new_patient(desk))
        board = paired("/board", size)
        board.wait(lambda: len(board.texts("#serving li")) == 19 and board.texts("#next li"))
        board.shot(f"board-many-{name}")
        assert board.run(OUTSIDE) == []
        written = (
            "return [...document.querySelectorAll(arguments[0])]"
            ".map((each) => [parseFloat(getComputedStyle(each).fontSize), each.clientHeight])"
        )
        assert min(board.run(written, "#serving .token"))[0] > 70
        assert min(board.run(written, "#serving .room"))[0] > 35
        assert all(high >= letters for letters, high in board.run(written, "#next li"))
        assert board.accessibility() == []


def test_a_kiosk_of_the_width_of_a_telephone(paired: Open) -> None:
    kiosk = paired("/kiosk", (390, 844))
    names = "return [...document.querySelectorAll('#languages button')].map((each) => each.lang)"
    languages = kiosk.run(names)

    def fits() -> None:
        for language in languages:
            kiosk.click(f"#languages [lang={language}]")
            kiosk.wait(lambda: kiosk.run("return document.documentElement.lang") == language)
            assert kiosk.run(
                "return [...document.querySelectorAll('main *')].filter((each) => {"
                "  const box = each.getBoundingClientRect();"
                "  return box.width && (box.left < 0 || box.right > innerWidth);"
                "}).map((each) => each.outerHTML)"
            ) == []

    fits()
    kiosk.click("#without-appointment")
    fits()
    identify(kiosk, "07700 900131", "01", "03", "1971")
    kiosk.wait(lambda: kiosk.is_shown("#register"))
    fits()
    kiosk.type("#name", "Small Screen")
    kiosk.click("#register-form .main")
    kiosk.wait(lambda: kiosk.is_shown("#done") and kiosk.text("#ahead"))
    fits()
    kiosk.shot("kiosk-telephone")


def test_a_kiosk_left_alone_forgets(paired: Open) -> None:
    kiosk = paired("/kiosk", (1080, 1920))
    kiosk.click("#with-appointment")
    kiosk.type("#phone", "07700 90099")
    hurry(kiosk, 100)
    kiosk.type("#phone", "9")
    kiosk.wait(lambda: kiosk.is_shown("#start"))
    assert kiosk.element("#phone").get_attribute("value") == ""


def test_a_kiosk_left_alone_in_a_language_speaks_the_usual_one(paired: Open) -> None:
    kiosk = paired("/kiosk", (1080, 1920))
    kiosk.click("#languages [lang=hi]")
    kiosk.wait(lambda: kiosk.run("return document.documentElement.lang") == "hi")
    hurry(kiosk, 100)
    kiosk.run("document.dispatchEvent(new Event('pointerdown'))")
    kiosk.wait(lambda: kiosk.run("return document.documentElement.lang") == "en")
    assert kiosk.is_shown("#start")


def test_a_second_tap_keeps_the_number(paired: Open, desk: Clinic) -> None:
    phone = "07700 900130"
    desk.patients.create(name="Double Tap", phone=phone, date_of_birth="1971-03-01")
    kiosk = paired("/kiosk", (1280, 800))
    kiosk.run(
        "const [done, busy, finish] = ['done', 'busy', 'finish'].map((id) => document.getElementById(id));"
        "new MutationObserver(() => { if (!done.hidden && !busy.textContent && !window.isTapped) {"
        "finish.click(); window.isTapped = true; } }).observe(busy, {childList: true})"
    )
    kiosk.click("#without-appointment")
    identify(kiosk, phone, "01", "03", "1971")
    kiosk.wait(lambda: kiosk.run("return window.isTapped"))
    assert kiosk.is_shown("#done")
    # What is told is told in another language as well.
    kiosk.wait(lambda: kiosk.text("#ahead").startswith("Waiting"))
    kiosk.run("window.print = () => {}")
    kiosk.click("#print")
    kiosk.click("#languages [lang=fr]")
    kiosk.wait(lambda: kiosk.text("#ahead").startswith("En attente"))
    assert kiosk.text("#printed").startswith("Rien n’est sorti")
    kiosk.click("#finish")
    kiosk.wait(lambda: kiosk.is_shown("#start"))
    assert kiosk.text("#ahead") == kiosk.text("#printed") == ""


def test_a_tap_on_the_question_presses_nothing_below(paired: Open) -> None:
    kiosk = paired("/kiosk", (1280, 800))
    kiosk.click("#with-appointment")
    kiosk.wait(lambda: kiosk.element("#who .back").is_enabled())
    kiosk.run("document.getElementById('still-there').showModal()")
    kiosk.run(
        "const below = document.querySelector('#who .back');"
        "Object.assign(below.style, {position: 'fixed', inset: 0, width: '100vw', height: '100vh'})"
    )
    kiosk.tap("#stay")
    kiosk.wait(lambda: not kiosk.is_shown("#still-there"))
    assert kiosk.is_shown("#who")


#: A browser whose clock was never set.
WRONG_CLOCK = """
window.RightDate = Date;
window.Date = class extends Date {
  constructor(...all) { super(...(all.length ? all : [RightDate.now() % 1e9])); }
  static now() { return RightDate.now() % 1e9; }
};
"""


def test_devices_go_by_the_clock_of_the_daemon(paired: Open) -> None:
    board, kiosk = paired("/board"), paired("/kiosk", (1080, 1920))
    for page in (board, kiosk):
        page.driver.execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument", {"source": WRONG_CLOCK}
        )
        page.driver.refresh()
    board.wait(lambda: board.text("#clinic"))
    right = (
        "const [done] = arguments;"
        "import('/shared/i18n.js').then(({date}) => done(date(new RightDate())))"
    )
    board.wait(lambda: board.text("#date") == board.driver.execute_async_script(right))
    year = "return String(new RightDate().getFullYear())"
    kiosk.wait(lambda: kiosk.text("#year option:nth-child(2)") == kiosk.run(year))


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
    log_in(page, *daemon.password("reception"))
    page.wait(lambda: "patients.create" in page.texts("article h2"))
    page.run("document.getElementById('system.ping').querySelector('details:last-child').open = true")
    page.run("document.getElementById('system.ping').querySelector('button').click()")
    page.wait(lambda: '"pong": true' in page.text("[id='system.ping'] pre[role=status]"))
    page.shot("docs")
    assert page.accessibility() == []
    assert page.log() == []


def test_what_is_tried_stays(open_page: Open, daemon: Daemon) -> None:
    """Over a filter, and over a new connection of the same reader."""
    page = open_page("/docs", (1440, 900))
    log_in(page, *daemon.password("reception"))
    place = "[id='patients.list'] details:last-child"
    page.wait(lambda: page.elements(place))
    page.run("document.querySelector(arguments[0]).open = true", place)
    page.element(f"{place} textarea").clear()
    page.type(f"{place} textarea", '{"limit": 1}')
    page.type("#filter", "system.ping")
    page.wait(lambda: not page.elements(place))
    page.run(
        "const filter = document.getElementById('filter');"
        "filter.value = ''; filter.dispatchEvent(new Event('input'))"
    )
    watch(page, "patients.list")
    page.wait(lambda: page.run("return Boolean(window.socket)"))
    page.run("window.socket.close()")
    page.wait(lambda: sent(page, "system.version"))
    assert sent(page, "rpc.discover") == 0
    # What is under way is not begun again.
    double_click(page, f"{place} button")
    page.element(f"{place} button").click()
    page.wait(lambda: page.run("return window.held.length"))
    assert sent(page, "patients.list") == 1
    release(page, 0)
    page.wait(lambda: '"next_cursor"' in page.text(f"{place} pre"))
    assert page.element(f"{place} textarea").get_attribute("value") == '{"limit": 1}'
    assert page.log() == []
