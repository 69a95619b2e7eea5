#!/usr/bin/env python3
"""A kiosk in a terminal, on the Unix socket: for a machine that needs no network and no browser.

    clients/kiosk/terminal.py [--socket PATH] [--language en]

The daemon takes it for a kiosk by the kernel's word: run it as a user of the group `clinic-kiosk`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python" / "src"))

from clinicd import CallFailed, Clinic, ClinicdError, InvalidParams  # noqa: E402

LANGUAGES = HERE.parent / "shared" / "lang"


class Words:
    """The words of a language, which the pages share."""

    def __init__(self, language: str) -> None:
        self._words = json.loads((LANGUAGES / f"{language}.json").read_text(encoding="utf-8"))
        # The clinic's, once it is known; until then times are those of this machine.
        self.zone: ZoneInfo | None = None

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its values; empty when there is none."""
        text: Any = self._words
        for part in key.split("."):
            text = text.get(part) if isinstance(text, dict) else None
        if not isinstance(text, str):
            return ""
        return re.sub(r"\{(\w+)\}", lambda name: str(values.get(name[1], "")), text)

    def error(self, error: Exception) -> str:
        """What to tell about an error: words for its reason, never its code."""
        if isinstance(error, InvalidParams):
            return self("errors.malformed")
        if not isinstance(error, CallFailed):
            return self("errors.connection")
        field, resource = error.data.get("field"), error.data.get("resource")
        names = (f"field_{field}", f"{error.reason}_{resource}", error.reason, "other")
        values = {name: local_time(value, self.zone) for name, value in error.data.items()}
        return next(text for name in names if (text := self(f"errors.{name}", **values)))


def local_time(value: object, zone: ZoneInfo | None) -> object:
    """An instant as a time of the day; anything else as it is."""
    try:
        instant = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return value
    return instant.astimezone(zone).strftime("%H:%M")


def zone_of(clinic: Clinic) -> ZoneInfo | None:
    """The clinic's zone; None on a machine that does not know it."""
    try:
        return ZoneInfo(clinic.system.version()["time_zone"])
    except ZoneInfoNotFoundError:
        return None


def ask(question: str) -> str:
    return input(f"{question}: ").strip()


def born(words: Words) -> str:
    """Asks until the date exists."""
    while True:
        day, month, year = (ask(words(f"kiosk.who.{part}")) for part in ("day", "month", "year"))
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except (ValueError, OverflowError):
            print(words("kiosk.who.born_wrong"))


def visit(clinic: Clinic, words: Words) -> None:
    """One person, from the greeting to the token."""
    print(f"\n{words('kiosk.start.title')}")
    phone = ask(words("kiosk.who.phone"))
    birth = born(words)
    found = clinic.kiosk.identify(phone=phone, date_of_birth=birth)
    words.zone = zone_of(clinic)
    token: Any
    if found["appointments"]:
        for appointment in found["appointments"]:
            print(f"  {appointment['start_time']}  {appointment['doctor_label']}")
        token = clinic.queue.check_in(visitor=found["visitor"])
    else:
        try:
            token = clinic.queue.walk_in(visitor=found["visitor"])
        except CallFailed as error:
            if error.reason != "visitor_unknown":
                raise
            print(words("kiosk.register.before"))
            name = ask(words("kiosk.register.title"))
            patient = clinic.patients.create(name=name, phone=phone, date_of_birth=birth)
            token = clinic.queue.walk_in(patient_id=patient["id"])
    print(f"\n  {words('kiosk.done.title')}: {token['token'].rsplit('-', 1)[1]}")
    try:
        board: Any = clinic.queue.today()["board"]
        print(f"  {words('kiosk.done.waiting', n=board['waiting'])}")
    except ClinicdError:
        # The token is there; how long it takes is on the board.
        pass
    print(f"  {words('kiosk.done.hint')}")


def main() -> int:
    parser = argparse.ArgumentParser(description="A kiosk in a terminal.")
    parser.add_argument("--socket", default="/run/clinicd/rpc.sock")
    languages = json.loads((LANGUAGES / "languages.json").read_text(encoding="utf-8"))
    parser.add_argument("--language", default="en", choices=languages)
    options = parser.parse_args()
    words = Words(options.language)
    # Bytes that are no text are refused when they are sent.
    sys.stdin.reconfigure(errors="surrogateescape")
    # The daemon may start later.
    with closing(Clinic(f"unix:{options.socket}", patience=5)) as clinic:
        while True:
            try:
                visit(clinic, words)
            except ClinicdError as error:
                print(words.error(error))
            except (EOFError, KeyboardInterrupt):
                return 0


if __name__ == "__main__":
    sys.exit(main())
