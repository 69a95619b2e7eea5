"""A daemon and browsers for all tests of the pages."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python" / "src"))

from browser import Page  # noqa: E402
from clinicd import Clinic  # noqa: E402
from daemon import Daemon  # noqa: E402


@pytest.fixture(scope="session")
def daemon() -> Iterator[Daemon]:
    home = Path(tempfile.mkdtemp(prefix="clinic-pages."))
    daemon = Daemon(home)
    try:
        yield daemon
    finally:
        daemon.close()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def screenshots() -> Path:
    folder = Path(os.environ.get("CLINIC_SCREENSHOTS", tempfile.gettempdir())) / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def desk(daemon: Daemon) -> Iterator[Clinic]:
    """The receptionist, without a page."""
    with Clinic(f"unix:{daemon.socket}", patience=60) as clinic:
        clinic.login(*daemon.password("reception"))
        yield clinic


@pytest.fixture
def open_page(daemon: Daemon, screenshots: Path) -> Iterator[Callable[..., Page]]:
    """Opens pages, each in a browser of its own."""
    pages: list[Page] = []

    def open_page(
        path: str,
        size: tuple[int, int] = (1920, 1080),
        language: str = "en",
        base: str | None = None,
    ) -> Page:
        page = Page(base or daemon.web, path, size, language, screenshots)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture
def paired(desk: Clinic, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page that is a device, and approves the code that it shows."""

    def paired(path: str, *arguments: Any, **more: Any) -> Page:
        page = open_page(path, *arguments, **more)
        code = page.wait(lambda: page.text("#code") if page.is_shown("#pairing") else "")
        desk.devices.approve(code=code, name=f"Test {path}")
        page.wait(lambda: not page.is_shown("#pairing"))
        return page

    return paired
