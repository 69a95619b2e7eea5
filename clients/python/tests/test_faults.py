"""What the caller does wrong is said at once, and costs nobody else anything."""

from __future__ import annotations

import asyncio
import datetime
import threading
import time
from typing import Any

import pytest

from clinicd import AsyncClinic, CallFailed, ClientClosed, Clinic, ClinicdError, InvalidParams

from daemon import Daemon


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [float("nan"), object(), datetime.date(2026, 2, 17), "\ud800", b"x", nested(100_000)],
    ids=["nan", "object", "date", "surrogate", "bytes", "depth"],
)
def test_params_that_are_no_json(daemon: Daemon, value: Any) -> None:
    began = time.monotonic()
    with Clinic(f"unix:{daemon.socket}") as clinic:
        clinic.login(*daemon.password("reception"))
        with pytest.raises(InvalidParams) as wrong:
            clinic.call("patients.create", {"name": value})
        assert isinstance(wrong.value, ClinicdError) and isinstance(wrong.value, ValueError)
        with pytest.raises(InvalidParams):
            clinic.login("reception", value)
        assert clinic.auth.whoami()["role"] == "RECEPTION"
    assert time.monotonic() - began < 10
    # Without a connection too.
    with pytest.raises(InvalidParams):
        Clinic("tcp://127.0.0.1:1").call("system.ping", {"x": value})


@pytest.mark.parametrize("reason", ["nesting_too_deep", "message_too_large"])
def test_params_that_are_too_much(daemon: Daemon, address: str, reason: str) -> None:
    """The daemon's error has no id. Calls beside are not concerned."""
    value = nested(200) if reason == "nesting_too_deep" else "x" * (2 << 20)

    async def main() -> None:
        async with AsyncClinic(address) as clinic:
            await clinic.login(*daemon.password("reception"))
            began = time.monotonic()
            calls: list[Any] = [clinic.patients.list(search="[[[[" * 9) for _ in range(5)]
            calls.insert(3, clinic.call("patients.create", {"name": value}))
            answers = await asyncio.gather(*calls, return_exceptions=True)
            wrong = answers.pop(3)
            assert isinstance(wrong, CallFailed)
            assert wrong.reason == reason
            assert all("items" in each for each in answers)
            assert (await clinic.auth.whoami())["role"] == "RECEPTION"
            assert time.monotonic() - began < 10

    asyncio.run(main())


def test_a_closed_client_says_so(daemon: Daemon) -> None:
    clinic = Clinic(f"unix:{daemon.socket}")
    clinic.login(*daemon.password("display"))
    changes = clinic.follow_queue()
    assert next(changes).kind == "snapshot"
    clinic.close()
    clinic.close()
    assert list(changes) == []
    for use in (
        clinic.system.ping,
        lambda: clinic.login("reception", "password"),
        lambda: clinic.use_tokens("token"),
        lambda: next(clinic.follow_queue()),
        clinic.__enter__,
    ):
        with pytest.raises(ClientClosed):
            use()

    async def main() -> None:
        clinic = AsyncClinic(f"unix:{daemon.socket}")
        async with clinic:
            await clinic.system.ping()
        with pytest.raises(ClientClosed):
            await clinic.system.ping()
        with pytest.raises(ClientClosed):
            await clinic.follow_queue().__anext__()

    asyncio.run(main())


def test_closing_ends_the_calls_of_other_threads() -> None:
    clinic = Clinic("tcp://127.0.0.1:1", patience=600)
    ended: list[BaseException] = []

    def call() -> None:
        try:
            clinic.system.ping()
        except ClinicdError as error:
            ended.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    time.sleep(0.3)
    clinic.close()
    thread.join(10)
    assert [type(error) for error in ended] == [ClientClosed]
