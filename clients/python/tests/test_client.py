"""The client against a real daemon."""

from __future__ import annotations

import asyncio
import itertools
import signal
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Any, cast

import pytest

from clinicd import AsyncClinic, CallFailed, Clinic, ConnectionLost, NotAuthenticated, QueueChange
from clinicd.types import QueueToken

from daemon import Daemon

births = itertools.count(1)


def register(clinic: Clinic) -> int:
    return clinic.patients.create(name=f"Ünïcode عربى {next(births)}", phone="020 7946 0123")["id"]


def test_calls_over_every_transport(daemon: Daemon, address: str) -> None:
    with Clinic(address) as clinic:
        assert clinic.system.ping() == {"pong": True}
        user = clinic.login(*daemon.password("reception"))["user"]
        assert user["role"] == "RECEPTION"
        patient = register(clinic)
        assert clinic.patients.get(id=patient)["name"].startswith("Ünïcode عربى")
        token = cast(QueueToken, clinic.queue.walk_in(patient_id=patient))
        assert token["status"] == "WAITING"


def test_calls_over_tls(daemon: Daemon, tmp_path: Path) -> None:
    """Over TLS and a WebSocket in TLS, to a server that is known and to none that is not."""
    certificate, key = str(tmp_path / "server.pem"), str(tmp_path / "server.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        + ["-nodes", "-subj", "/CN=clinic", "-addext", "subjectAltName=IP:127.0.0.1"]
        + ["-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    known = ssl.create_default_context(cafile=certificate)
    with daemon.configured({"CLINIC_TLS_CERTIFICATE": certificate, "CLINIC_TLS_KEY": key}):
        tls = f"tls://127.0.0.1:{daemon.tcp_port}"
        for address in (tls, f"wss://127.0.0.1:{daemon.web_port}/rpc"):
            with Clinic(address, tls=known) as clinic:
                assert clinic.login(*daemon.password("reception"))["user"]["role"] == "RECEPTION"
            with pytest.raises(ConnectionLost):
                with Clinic(address, patience=0):
                    pass


def test_null_clears_and_what_is_left_out_stays(daemon: Daemon) -> None:
    with Clinic(f"unix:{daemon.socket}") as clinic:
        clinic.login(*daemon.password("reception"))
        patient = register(clinic)
        assert clinic.patients.update(id=patient, email="a@example.org")["phone"] is not None
        cleared = clinic.patients.update(id=patient, phone=None)
        assert cleared["phone"] is None
        assert cleared["email"] == "a@example.org"


def test_errors_have_reasons(daemon: Daemon, address: str) -> None:
    with Clinic(address) as clinic:
        with pytest.raises(NotAuthenticated) as wrong:
            clinic.login("reception", "not the password")
        assert wrong.value.reason == "bad_credentials"
        clinic.login(*daemon.password("reception"))
        with pytest.raises(CallFailed) as missing:
            clinic.patients.get(id=10**9)
        assert (missing.value.code, missing.value.reason) == (-32003, "not_found")
        assert missing.value.data["resource"] == "patient"
        with pytest.raises(CallFailed) as field:
            clinic.call("patients.get", {"id": "one"})
        assert field.value.data["field"] == "id"


def test_nobody_there() -> None:
    with pytest.raises(ConnectionLost):
        with Clinic("tcp://127.0.0.1:1", patience=0):
            pass


def test_threads_share_a_client(daemon: Daemon) -> None:
    with Clinic(f"unix:{daemon.socket}") as clinic:
        clinic.login(*daemon.password("reception"))
        made: list[int] = []
        threads = [
            threading.Thread(target=lambda: made.append(register(clinic))) for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(made)) == 20


def test_a_killed_daemon_costs_no_call_and_no_version(daemon: Daemon, address: str) -> None:
    """Walk-ins go on over a kill -9, none twice; a follower sees every version."""

    async def main() -> None:
        seen: list[QueueChange] = []
        async with AsyncClinic(address, patience=60) as desk, AsyncClinic(address) as board:
            await desk.login(*daemon.password("reception"))
            await board.login(*daemon.password("display"))
            patients = [
                (await desk.patients.create(name=f"Visitor {n}"))["id"] for n in range(12)
            ]
            before = (await desk.queue.summary())["counts"]["total"]

            async def follow() -> None:
                async for change in board.follow_queue():
                    seen.append(change)

            following = asyncio.create_task(follow())

            async def killing() -> None:
                await asyncio.to_thread(daemon.stop, signal.SIGKILL)
                await asyncio.to_thread(daemon.start)

            async def arrive(number: int, patient: int) -> Any:
                if number == 6:
                    await killing()
                return await desk.queue.walk_in(patient_id=patient)

            tokens = await asyncio.gather(*(arrive(n, p) for n, p in enumerate(patients)))
            assert len({token["token"] for token in tokens}) == 12
            summary = await desk.queue.summary()
            assert summary["counts"]["total"] == before + 12
            last = (await desk.queue.today())["version"]
            async with asyncio.timeout(30):
                while not seen or seen[-1].version < last:
                    await asyncio.sleep(0.01)
            for earlier, later in zip(seen, seen[1:]):
                assert later.kind == "snapshot" or later.version == earlier.version + 1
            following.cancel()

    asyncio.run(main())


def test_followers_go_on_over_a_restart(daemon: Daemon, address: str) -> None:
    """None is refused, and each has one subscription afterwards."""

    async def main() -> None:
        seen: list[int] = [0] * 10
        async with AsyncClinic(address, patience=60) as desk, AsyncClinic(address) as board:
            await desk.login(*daemon.password("admin"))
            await board.login(*daemon.password("display"))

            async def follow(number: int) -> None:
                async for change in board.follow_queue():
                    seen[number] = change.version

            following = [asyncio.create_task(follow(number)) for number in range(len(seen))]

            async def all_see_a_change() -> None:
                patient = (await desk.patients.create(name=f"Visitor {next(births)}"))["id"]
                await desk.queue.walk_in(patient_id=patient)
                last = (await desk.queue.today())["version"]
                async with asyncio.timeout(60):
                    while min(seen) < last:
                        await asyncio.sleep(0.01)
                        assert not any(task.done() for task in following)

            await all_see_a_change()
            for _ in range(2):
                await asyncio.to_thread(daemon.stop)
                await asyncio.to_thread(daemon.start)
                await all_see_a_change()
            assert (await desk.system.stats())["subscriptions"] == len(seen)
            for task in following:
                task.cancel()
            await asyncio.wait(following)
            assert (await desk.system.stats())["subscriptions"] == 0

    asyncio.run(main())


def test_a_board_sees_no_names(daemon: Daemon) -> None:
    with Clinic(f"unix:{daemon.socket}") as board:
        board.login(*daemon.password("display"))
        change = next(iter(board.follow_queue()))
        assert change.kind == "snapshot"
        for token in change.tokens:
            assert set(token) == {"token", "room", "state", "doctor_label"}


def test_a_device_lives_by_its_refresh_token(daemon: Daemon) -> None:
    with Clinic(f"unix:{daemon.socket}") as screen, Clinic(f"unix:{daemon.socket}") as desk:
        desk.login(*daemon.password("reception"))
        pairing = screen.devices.request_pairing(role="DISPLAY")
        assert screen.devices.claim(secret=pairing["secret"])["status"] == "PENDING"
        desk.devices.approve(code=pairing["code"], name="Lobby")
        claim = screen.devices.claim(secret=pairing["secret"])
        token = claim["refresh_token"]
    with Clinic(f"unix:{daemon.socket}") as later:
        later.use_tokens(None, token)
        assert later.auth.whoami()["role"] == "DISPLAY"
        assert later.refresh_token not in (None, token)
