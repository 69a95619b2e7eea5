"""Measures the pages against a real daemon and prints a table; exits with 1 when a limit is missed.

    make figures
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterator

CLIENTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CLIENTS / "python" / "src"))

from browser import Page  # noqa: E402
from clinicd import Clinic  # noqa: E402
from daemon import Daemon  # noqa: E402
from steps import enter_desk, hurry, new_patient  # noqa: E402

LANGUAGES = list(json.loads((CLIENTS / "shared/lang/languages.json").read_text()))
PAGES = ("/board", "/kiosk", "/desk", "/docs")
#: Bytes of a page with all that it loads, as they are and not packed.
MOST_BYTES = 150_000
#: Touches that are measured, and those that one kiosk makes: more are throttled.
TOUCHES = 100
TOUCHES_OF_ONE = 25
#: Changes of a day, and bytes of JavaScript that a board may have more after it.
CHANGES = 1_000
MOST_GROWTH = 200_000

#: Notes when a touch happened, or when the frame after a change was drawn: on one clock.
NOTE_TOUCH = """
document.addEventListener("click", (event) => {
  window.touchedAt = performance.timeOrigin + event.timeStamp;
}, true);
"""
NOTE_FRAME = """
window.drawnFrames = [];
new MutationObserver(() => {
  const text = document.getElementById("waiting").textContent;
  requestAnimationFrame(() => {
    // A message from within a frame arrives after it.
    const drawn = new MessageChannel();
    drawn.port1.onmessage = () => {
      window.drawnFrames.push([text, performance.timeOrigin + performance.now()]);
    };
    drawn.port2.postMessage(null);
  });
}).observe(document.getElementById("waiting"), { childList: true, characterData: true, subtree: true });
"""


class Figures:
    def __init__(self, daemon: Daemon, desk: Clinic, screenshots: Path) -> None:
        self._daemon = daemon
        self._desk = desk
        self._screenshots = screenshots
        self._missed = False

    def _page(self, path: str, size: tuple[int, int], language: str = "en") -> Page:
        return Page(self._daemon.web, path, size, language, self._screenshots)

    def _pair(self, page: Page) -> None:
        code = page.wait(lambda: page.text("#code") if page.is_shown("#pairing") else "")
        self._desk.devices.approve(code=code, name="Figures")
        page.wait(lambda: not page.is_shown("#pairing"))

    def _ready(self, path: str, language: str = "en") -> Page:
        """A page as somebody works with it."""
        page = self._page(path, (1920, 1080), language)
        if path in ("/board", "/kiosk"):
            self._pair(page)
        elif path == "/desk":
            enter_desk(page, self._daemon)
        else:
            page.wait(lambda: page.elements("article"))
        return page

    def _say(self, what: str, figure: str, reached: bool = True) -> None:
        self._missed |= not reached
        print(f"{what:<58} {figure:>24}  {'' if reached else 'MISSED'}".rstrip(), flush=True)

    def run(self) -> int:
        self._touches()
        self._first_paint()
        self._weight()
        self._memory()
        self._accessibility()
        return int(self._missed)

    def _touches(self) -> None:
        # Windows of one browser, so that both are drawn and have the same clock.
        page = self._page("/board", (1280, 720))
        self._pair(page)
        page.wait(lambda: page.text("#waiting"))
        page.run(NOTE_FRAME)
        board = str(page.driver.current_window_handle)
        kiosk = ""
        times: list[float] = []
        for number in range(TOUCHES):
            if number % TOUCHES_OF_ONE == 0:
                kiosk = self._new_kiosk(page, kiosk)
            page.go_to(kiosk)
            phone = f"07700 9{number:05}"
            self._desk.patients.create(
                name=f"Touch {number}", phone=phone, date_of_birth="1980-02-03"
            )
            page.click("#without-appointment")
            page.run("document.getElementById('phone').value = arguments[0]", phone)
            for name, value in (("day", "03"), ("month", "02"), ("year", "1980")):
                page.choose(f"#{name}", value)
            page.click("#who-form .main")
            page.wait(lambda: page.is_shown("#done"))
            touched = float(page.run("return window.touchedAt"))
            page.click("#finish")
            waiting = str(self._desk.queue.summary()["counts"]["waiting"])
            page.go_to(board)
            page.wait(lambda: page.run("return window.drawnFrames.at(-1)?.[0]") == waiting)
            times.append(float(page.run("return window.drawnFrames.at(-1)[1]")) - touched)
        page.close()
        times.sort()
        self._say("touch at the kiosk to the board's frame, p50", f"{statistics.median(times):.0f} ms")
        worst = times[min(len(times) * 99 // 100, len(times) - 1)]
        self._say("touch at the kiosk to the board's frame, p99", f"{worst:.0f} ms")

    def _new_kiosk(self, page: Page, last: str) -> str:
        if last:
            page.go_to(last)
            page.run("localStorage.removeItem('clinicd.kiosk')")
            page.driver.refresh()
        else:
            page.open_tab("/kiosk", "window")
        self._pair(page)
        page.run(NOTE_TOUCH)
        return str(page.driver.current_window_handle)

    def _first_paint(self) -> None:
        for rate in (1, 4, 6):
            page = self._ready("/board")
            page.driver.execute_cdp_cmd("Network.enable", {})
            page.driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
            page.driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": rate})
            paints: list[float] = []
            for _ in range(5):
                page.driver.refresh()
                script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
                paints.append(float(page.wait(lambda: page.run(script))))
            page.close()
            median = f"{statistics.median(paints):.0f} ms"
            self._say(f"first paint of the board, a CPU {rate} times as slow", median)

    def _weight(self) -> None:
        for path in PAGES:
            page = self._ready(path)
            sizes: Any = page.run(
                "const all = [...performance.getEntriesByType('navigation'),"
                " ...performance.getEntriesByType('resource')];"
                "const sum = (name) => all.reduce((sum, each) => sum + each[name], 0);"
                "return [sum('decodedBodySize'), sum('transferSize')]"
            )
            page.close()
            plain, packed = (f"{size / 1000:.1f} KB" for size in sizes)
            fits = 0 < sizes[1] <= sizes[0] + 10_000 and sizes[0] < MOST_BYTES
            self._say(f"weight of {path}, plain and as transferred", f"{plain}, {packed}", fits)

    def _memory(self) -> None:
        board = self._ready("/board")
        # Calls take five seconds each: not here.
        hurry(board, 1_000)
        changes = self._changes()
        for _ in range(100):
            next(changes)
        before = self._heap(board)
        for _ in range(CHANGES):
            next(changes)
        after = self._heap(board)
        board.close()
        figure = f"{before / 1e6:.2f} to {after / 1e6:.2f} MB"
        fits = after - before < MOST_GROWTH
        self._say(f"memory of the board over {CHANGES} changes", figure, fits)

    def _changes(self) -> Iterator[None]:
        """A day of the clinic: somebody comes, is called, is done."""
        doctor = int(self._desk.doctors.list()["items"][0]["id"])
        today: Any = self._desk.queue.today()
        for token in today["tokens"]:
            if token["status"] == "WITH_DOCTOR":
                self._desk.queue.set_status(token=token["token"], status="COMPLETED")
        while True:
            self._desk.queue.walk_in(patient_id=new_patient(self._desk))
            yield
            called: Any = self._desk.queue.call_next(doctor_id=doctor)
            yield
            self._desk.queue.set_status(token=called["token"], status="COMPLETED")
            yield

    def _heap(self, board: Page) -> int:
        waiting = str(self._desk.queue.summary()["counts"]["waiting"])
        board.wait(lambda: board.text("#waiting") == waiting)
        board.wait(lambda: not board.is_shown("#call"), 120)
        for _ in range(3):
            board.driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
        return int(board.driver.execute_cdp_cmd("Runtime.getHeapUsage", {})["usedSize"])

    def _accessibility(self) -> None:
        findings: list[str] = []
        for path in PAGES:
            for language in LANGUAGES:
                page = self._ready(path, language)
                findings += page.accessibility()
                page.close()
        for finding in findings:
            print(finding)
        what = f"axe findings, {len(PAGES)} pages in {len(LANGUAGES)} languages"
        self._say(what, str(len(findings)), not findings)


def main() -> int:
    home = Path(tempfile.mkdtemp(prefix="clinic-figures."))
    daemon = Daemon(home)
    try:
        with Clinic(f"unix:{daemon.socket}", patience=60) as desk:
            desk.login(*daemon.password("reception"))
            return Figures(daemon, desk, home).run()
    finally:
        daemon.close()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
