"""What bad input gets: words in the reader's language that say what to do next, never a code."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from browser import Page
from clinicd import Clinic
from daemon import Daemon
from steps import Open, doctors, enter_desk, identify, new_patient, next_slot

CLIENTS = Path(__file__).resolve().parents[1]
LANGUAGES = list(json.loads((CLIENTS / "shared/lang/languages.json").read_text()))

# The word that stands for a visitor holds for five minutes: they have gone by.
LATER = (
    "const { now } = Performance.prototype; performance.now = () => now.call(performance) + 300_000"
)


def words(language: str, key: str) -> str:
    text: Any = json.loads((CLIENTS / f"shared/lang/{language}.json").read_text())
    for part in key.split("."):
        text = text[part]
    return str(text)


def problem(page: Page, selector: str = "#problem") -> str:
    return page.wait(lambda: page.text(selector))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_code(open_page: Open, daemon: Daemon, language: str) -> None:
    page = open_page("/desk", (1366, 768), language)
    page.type("#username", "reception")
    page.type("#password", "not the password")
    page.click("#login-form .main")
    assert problem(page) == words(language, "errors.bad_credentials")
    page.element("#username").clear()
    page.element("#password").clear()
    enter_desk(page, daemon)
    page.click("#devices-part summary")
    for code, key in (("ABC-DEF", "not_found_pairing_code"), ("!", "field_code")):
        page.element("#code").clear()
        page.type("#code", code)
        page.click("#device-form .main")
        page.wait(lambda: page.text("#problem") == words(language, f"errors.{key}"))
    page.shot(f"desk-wrong-code-{language}")
    assert page.accessibility() == []


def test_an_unknown_phone(paired: Open) -> None:
    kiosk = paired("/kiosk", (1080, 1920), "hi")
    kiosk.click("#with-appointment")
    identify(kiosk, "07700 900800", "05", "06", "1977")
    kiosk.wait(lambda: kiosk.is_shown("#none"))
    assert kiosk.text("#none h1") == words("hi", "kiosk.none.title")
    assert kiosk.text("#none p") == words("hi", "kiosk.none.hint")
    kiosk.shot("kiosk-unknown-hi")
    assert kiosk.accessibility() == []
    # Guessing ends soon.
    for _ in range(6):
        kiosk.click(".step:not([hidden]) .back")
        kiosk.click("#with-appointment")
        identify(kiosk, "07700 900800", "05", "06", "1977")
        kiosk.wait(lambda: kiosk.is_shown("#none") or kiosk.text("#problem"))
        if kiosk.text("#problem"):
            break
    assert kiosk.text("#problem") == words("hi", "errors.too_many_attempts")


def test_too_early_to_check_in(paired: Open, daemon: Daemon, desk: Clinic) -> None:
    patient = desk.patients.create(
        name="Early Bird", phone="07700 900802", date_of_birth="1977-06-05"
    )["id"]
    slot = next_slot(daemon, doctors(desk)[1]["id"])
    desk.appointments.create(patient_id=patient, slot_id=slot["id"])
    kiosk = paired("/kiosk", (1920, 1080), "fr")
    kiosk.click("#with-appointment")
    identify(kiosk, "07700 900802", "05", "06", "1977")
    kiosk.wait(lambda: kiosk.is_shown("#appointments"))
    with daemon.configured(
        {"CLINIC_CHECK_IN_EARLY_MINUTES": "0", "CLINIC_CHECK_IN_LATE_MINUTES": "0"}
    ):
        kiosk.click("#check-in")
        text = problem(kiosk)
    pattern = re.escape(words("fr", "errors.outside_check_in_window"))
    times = pattern.replace(r"\{opens_at\}", "(.+)").replace(r"\{closes_at\}", "(.+)")
    match = re.fullmatch(times, text)
    assert match and match[1] == match[2] == slot["start_time"].removeprefix("0")


def test_a_full_day_and_a_time_that_is_just_taken(
    open_page: Open, daemon: Daemon, desk: Clinic
) -> None:
    patient = desk.patients.create(name="Ibrahim Latecomer", phone="07700 900803")
    doctor = doctors(desk)[2]["id"]
    slot = next_slot(daemon, doctor)
    page = open_page("/desk", (1366, 768), "ar")
    enter_desk(page, daemon)
    page.type("#search", "Ibrahim Latecomer")
    page.wait(lambda: page.texts("#patients li"))
    page.click("#patients li button:nth-child(2)")
    page.choose("#booking-doctor", str(doctor))
    page.wait(lambda: page.texts("#slots button"))
    desk.appointments.create(patient_id=new_patient(desk), slot_id=slot["id"])
    page.click("#slots button")
    assert problem(page, "#booking .problem") == words("ar", "errors.slot_taken")
    page.shot("desk-slot-taken-ar")
    assert page.accessibility() == []
    page.choose("#booking-date", "2099-12-31")
    page.wait(lambda: page.is_shown("#slots-empty"))
    assert page.text("#slots-empty") == words("ar", "desk.slots_empty")
    page.shot("desk-full-day-ar")
    assert page.accessibility() == []
    assert desk.patients.get(id=patient["id"])["name"] == "Ibrahim Latecomer"


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_who_is_not_found(paired: Open, desk: Clinic, language: str) -> None:
    """Twins, whom their phone and birth date do not tell apart, are told where to go."""
    phone = f"07700 90081{LANGUAGES.index(language)}"
    for name in ("Twin Anna", "Twin Béla"):
        desk.patients.create(name=name, phone=phone, date_of_birth="1990-06-05")
    kiosk = paired("/kiosk", (1080, 1920), language)
    kiosk.click("#without-appointment")
    identify(kiosk, phone, "05", "06", "1990")
    kiosk.wait(lambda: kiosk.is_shown("#register"))
    assert kiosk.is_shown("#register .hint")
    assert kiosk.text("#register .hint") == words(language, "kiosk.register.before")
    kiosk.shot(f"kiosk-register-{language}")
    assert kiosk.accessibility() == []


def test_an_appointment_that_is_gone_and_a_visitor_whose_time_is_over(
    paired: Open, daemon: Daemon, desk: Clinic
) -> None:
    kiosk = paired("/kiosk", (1080, 1920))

    def says(selector: str, key: str) -> None:
        for language in LANGUAGES:
            kiosk.click(f"#languages [lang={language}]")
            kiosk.wait(lambda: kiosk.text(selector) == words(language, key))

    patient = desk.patients.create(
        name="Called Off", phone="07700 900805", date_of_birth="1977-06-05"
    )["id"]
    slot = next_slot(daemon, doctors(desk)[1]["id"])
    for is_over in (False, True):
        appointment = desk.appointments.create(patient_id=patient, slot_id=slot["id"])
        kiosk.click("#with-appointment")
        identify(kiosk, "07700 900805", "05", "06", "1977")
        kiosk.wait(lambda: kiosk.is_shown("#appointments"))
        desk.appointments.cancel(id=appointment["id"])
        if is_over:
            kiosk.run(LATER)
            kiosk.click("#check-in")
            says("#problem", "errors.visitor_unknown")
            assert kiosk.is_shown("#appointments")
        else:
            kiosk.click("#check-in")
            kiosk.wait(lambda: kiosk.is_shown("#none"))
            says("#none h1", "kiosk.none.title")
            says("#none p", "kiosk.none.hint")
            assert kiosk.text("#problem") == ""
        kiosk.click(".step:not([hidden]) .back")
    # Nor is somebody new here whose time is over.
    kiosk.run("performance.now = Performance.prototype.now")
    kiosk.click("#with-appointment")
    identify(kiosk, "07700 900806", "05", "06", "1977")
    kiosk.wait(lambda: kiosk.is_shown("#none"))
    kiosk.run(LATER)
    kiosk.click("#walk-in")
    says("#problem", "errors.visitor_unknown")
    assert kiosk.is_shown("#none")


def test_a_missing_printer(paired: Open) -> None:
    kiosk = paired("/kiosk", (1080, 1920), "ar")
    kiosk.click("#without-appointment")
    identify(kiosk, "07700 900804", "05", "06", "1977")
    kiosk.type("#name", "No Paper")
    kiosk.click("#register-form .main")
    kiosk.wait(lambda: kiosk.is_shown("#done"), 60)
    # Paper that does not come cannot be noticed: it is said in any case.
    kiosk.run("window.print = () => {}")
    kiosk.click("#print")
    assert kiosk.text("#printed") == words("ar", "kiosk.done.printed")
    kiosk.run("window.print = undefined")
    kiosk.click("#print")
    assert kiosk.text("#printed") == words("ar", "kiosk.done.no_printer")
    kiosk.shot("kiosk-no-printer-ar")
    assert kiosk.accessibility() == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path, size", [("/board", (1280, 720)), ("/kiosk", (1080, 1920))])
def test_devices_in_every_language(
    paired: Open, path: str, size: tuple[int, int], language: str
) -> None:
    page = paired(path, size, language)
    page.wait(lambda: page.text("#clinic"))
    page.shot(f"{path[1:]}-{language}")
    assert page.accessibility() == []
    if path == "/kiosk":
        page.click("#with-appointment")
        assert page.accessibility() == []
        # Touched, without a keyboard.
        for digit in (5, 5, 5, 1):
            page.click(f"#keypad button:nth-child({digit})")
        page.click("#keypad button:last-child")
        assert page.element("#phone").get_attribute("value") == "555"


@pytest.mark.parametrize("language", LANGUAGES)
def test_desk_and_docs_in_every_language(open_page: Open, daemon: Daemon, language: str) -> None:
    page = open_page("/desk", (1366, 768), language)
    page.wait(lambda: page.is_shown("#login"))
    assert page.accessibility() == []
    enter_desk(page, daemon)
    page.type("#search", "a")
    page.wait(lambda: page.texts("#patients li"))
    page.shot(f"desk-{language}")
    assert page.accessibility() == []
    page.click("#patients li button:nth-child(2)")
    page.wait(lambda: page.is_shown("#booking"))
    assert page.accessibility() == []
    docs = open_page("/docs", (1366, 768), language)
    docs.wait(lambda: docs.texts("article h2"))
    assert docs.accessibility() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_error_is_told_by_its_code(open_page: Open, language: str) -> None:
    page = open_page("/desk", (1366, 768), language)
    told: dict[str, str] = page.driver.execute_async_script(
        "const [language, reasons, done] = arguments;"
        "import('/shared/i18n.js').then(async ({explain, useLanguage}) => {"
        "  await useLanguage(language);"
        "  done(Object.fromEntries(reasons.map((reason) => [reason, explain({reason, data: {}})])));"
        "})",
        language,
        [*json.loads((CLIENTS / "shared/lang/en.json").read_text())["errors"], "unheard_of", ""],
    )
    for reason, text in told.items():
        assert text and "{" not in text and "_" not in text and "errors." not in text, reason
    assert told["unheard_of"] == told[""] == words(language, "errors.other")


def test_a_language_that_cannot_be_read(open_page: Open, daemon: Daemon, tmp_path: Path) -> None:
    """There is English instead."""
    clients = tmp_path / "clients"
    folder = clients / "shared" / "lang"
    shutil.copytree(CLIENTS, clients)
    (folder / "languages.json").write_text(
        json.dumps({"en": "English", "aa": "Missing", "bb": "Broken", "fr": "Français"})
    )
    (folder / "bb.json").write_text('{"direction":')
    with daemon.configured({"CLINIC_CLIENTS_DIRECTORY": str(clients)}):
        for code in ("aa", "bb"):
            board = open_page(f"/board?lang={code}", language="fr")
            board.wait(lambda: board.text("#code"))
            assert board.text("#pairing h1") == words("en", "board.pairing.title")
            desk = open_page(f"/desk?lang={code}", language="fr")
            desk.wait(lambda: desk.is_shown("#login"))
            assert desk.text("#logout") == words("en", "desk.logout")
            kiosk = open_page(f"/kiosk?lang={code}", language="fr")
            kiosk.wait(lambda: kiosk.text("#code"))
            assert kiosk.text("#pairing h1") == words("en", "kiosk.pairing.title")
        # Another one can be chosen all the same.
        kiosk.click("#languages [lang=fr]")
        kiosk.wait(lambda: kiosk.text("#pairing h1") == words("fr", "kiosk.pairing.title"))
        kiosk.click("#languages [lang=aa]")
        kiosk.wait(lambda: kiosk.text("#pairing h1") == words("en", "kiosk.pairing.title"))
        (folder / "languages.json").unlink()
        board = open_page("/board", language="fr")
        board.wait(lambda: board.text("#code"))
        assert board.text("#pairing h1") == words("en", "board.pairing.title")
