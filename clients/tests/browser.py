"""A page in a headless Chromium of its own."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Callable, TypeVar

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

T = TypeVar("T")


class Page:
    def __init__(
        self, base: str, path: str, size: tuple[int, int], language: str, screenshots: Path
    ) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--autoplay-policy=no-user-gesture-required",
            # A tab behind others goes on as if it were in front, as a board on a wall does.
            "--disable-background-timer-throttling",
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding",
            "--js-flags=--expose-gc",
            f"--window-size={size[0]},{size[1]}",
            f"--lang={language}",
        ):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False},
        )
        self._screenshots = screenshots
        self._base = base
        self.driver.get(base + path)

    def close(self) -> None:
        self.driver.quit()

    def open_tab(self, path: str, kind: str = "tab", base: str | None = None) -> str:
        """Opens one more page in this browser, in a tab or a window, and goes there; gives its handle."""
        self.driver.switch_to.new_window(kind)
        self.driver.get((base or self._base) + path)
        return str(self.driver.current_window_handle)

    def go_to(self, tab: str) -> None:
        self.driver.switch_to.window(tab)

    def wait(self, look: Callable[[], T], seconds: float = 30) -> T:
        """Looks again and again until it sees something."""
        until = time.monotonic() + seconds
        while True:
            seen = look()
            if seen:
                return seen
            assert time.monotonic() < until, f"not seen; the page's log: {self.log()}"
            time.sleep(0.02)

    def element(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def elements(self, selector: str) -> list[WebElement]:
        found: list[WebElement] = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found

    def is_shown(self, selector: str) -> bool:
        return any(element.is_displayed() for element in self.elements(selector))

    def text(self, selector: str) -> str:
        """What it says, shown or not."""
        script = "return document.querySelector(arguments[0])?.textContent.trim() ?? ''"
        return str(self.run(script, selector))

    def texts(self, selector: str) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent.trim())"
        return [str(text) for text in self.run(script, selector)]

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def click(self, selector: str) -> None:
        """Clicks when it is shown, and not where it has just moved to: pages ignore that."""
        self.wait(lambda: self.is_shown(selector) and self.element(selector).is_enabled())
        moved = "return document.querySelector(arguments[0])?.closest('.moved')"
        self.wait(lambda: not self.run(moved, selector))
        self.element(selector).click()

    def tap(self, selector: str) -> None:
        """Touches it with a finger."""
        touch = ActionBuilder(self.driver, mouse=PointerInput("touch", "finger"))
        touch.pointer_action.move_to(self.element(selector)).pointer_down().pointer_up()
        touch.perform()

    def type(self, selector: str, text: str) -> None:
        self.wait(lambda: self.is_shown(selector))
        self.element(selector).send_keys(text)

    def choose(self, selector: str, value: str) -> None:
        script = (
            "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
            "e.dispatchEvent(new Event('change', {bubbles: true}))"
        )
        self.run(script, selector, value)

    def shot(self, name: str) -> None:
        """Keeps what it looks like."""
        self.driver.save_screenshot(str(self._screenshots / f"{name}.png"))

    def log(self) -> list[str]:
        """What the page wrote to its console, except connections that a test has cut."""
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if "WebSocket connection" not in entry["message"] and "ERR_" not in entry["message"]
        ]

    def accessibility(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA: nothing, on a page that is right."""
        self.run(Path(os.environ["CLINIC_AXE"]).read_text())
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = self.driver.execute_async_script(
            "const done = arguments[1];"
            "axe.run(document, {runOnly: arguments[0]}).then((r) => done(r.violations))",
            tags,
        )
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in found
            for node in each["nodes"]
        ]
