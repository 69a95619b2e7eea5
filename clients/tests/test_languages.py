"""Every language has every string, and every page's strings exist."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Iterator

import pytest

CLIENTS = Path(__file__).resolve().parents[1]
LANGUAGES = CLIENTS / "shared" / "lang"
NAMES: dict[str, str] = json.loads((LANGUAGES / "languages.json").read_text())


def strings(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from strings(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def load(code: str) -> dict[str, str]:
    return dict(strings(json.loads((LANGUAGES / f"{code}.json").read_text())))


def test_every_file_is_a_language() -> None:
    files = {path.stem for path in LANGUAGES.glob("*.json")} - {"languages"}
    assert files == set(NAMES)


@pytest.mark.parametrize("code", NAMES)
def test_every_language_has_every_string(code: str) -> None:
    english, other = load("en"), load(code)
    assert set(other) == set(english)
    for key, text in other.items():
        assert text.strip(), key
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key
    assert other["direction"] in ("ltr", "rtl")


def test_pages_ask_for_strings_that_exist() -> None:
    english = load("en")
    for path in CLIENTS.rglob("*"):
        if path.suffix not in (".html", ".js"):
            continue
        text = path.read_text()
        asked = re.findall(r'data-t(?:-placeholder|-label)?="([\w.]+)"', text)
        asked += re.findall(r'\bt\("([\w.]+)"', text)
        if path.suffix == ".js":
            asked += re.findall(r'"((?:desk|kiosk|board|errors)\.(?!identify)[\w.]+)"', text)
        for key in asked:
            assert key in english, f"{path.name}: {key}"


def test_every_refusal_of_a_page_has_words() -> None:
    document = json.loads((CLIENTS / "openrpc.json").read_text())
    methods = {each["name"]: each for each in document["methods"]}
    scripts = "".join(path.read_text() for path in CLIENTS.rglob("*.js"))
    called = set(re.findall(r'"([a-z]+\.[a-z_]+)"', scripts)) & set(methods)
    assert len(called) > 20
    errors = [error for name in called for error in methods[name].get("errors", [])]
    reasons = {reason for error in errors for reason in error["data"]["reasons"]}
    english = load("en")
    assert {reason for reason in reasons if f"errors.{reason}" not in english} == set()
