"""What the caller does wrong is said at once, and costs nobody else anything."""

from __future__ import annotations

import asyncio
import datetime
import gc
import os
import signal
import sys
import threading
import time
from typing import Any, cast

import pytest

from clinicd import (
    AsyncClinic,
    CallFailed,
    ClientClosed,
    Clinic,
    ClinicdError,
    ConnectionLost,
    InvalidAddress,
    InvalidParams,
    PackageMissing,
)

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


def test_an_interrupt_ends_what_is_followed(daemon: Daemon) -> None:
    """As Ctrl-C does, while the next change is waited for."""
    main = threading.get_ident()

    def interrupt(follower: Any) -> None:
        while not follower._messages._getters:
            time.sleep(0.01)
        signal.pthread_kill(main, signal.SIGINT)

    with Clinic(f"unix:{daemon.socket}") as desk:
        desk.login(*daemon.password("admin"))
        before = desk.system.stats()["subscriptions"]
        with Clinic(f"unix:{daemon.socket}") as board:
            board.login(*daemon.password("display"))
            changes = board.follow_queue()
            assert next(changes).kind == "snapshot"
            (follower,) = board._clinic._followers
            threading.Thread(target=interrupt, args=(follower,)).start()
            with pytest.raises(KeyboardInterrupt):
                next(changes)
            assert desk.system.stats()["subscriptions"] == before
            assert next(board.follow_queue()).kind == "snapshot"


def test_a_client_that_cannot_begin_leaves_nothing() -> None:
    def held() -> tuple[int, int]:
        gc.collect()
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    before = held()
    for _ in range(3):
        with pytest.raises(ConnectionLost):
            with Clinic("tcp://127.0.0.1:1", patience=0):
                pass
    assert held() == before


@pytest.mark.parametrize(
    "address",
    ["foo", "http://127.0.0.1:1", "tcp://host", "tcp://host:x", "tcp://[::1", "ws:", "ws://h:x/"]
    + [f"tcp://{'a' * 64}:1"],
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(InvalidAddress) as wrong:
        with Clinic(address):
            pass
    assert isinstance(wrong.value, ClinicdError) and isinstance(wrong.value, ValueError)


def test_a_websocket_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast(Any, sys.modules), "websockets.exceptions", None)
    with pytest.raises(PackageMissing) as missing:
        with Clinic("ws://127.0.0.1:1/rpc"):
            pass
    assert isinstance(missing.value, ClinicdError) and isinstance(missing.value, ImportError)
