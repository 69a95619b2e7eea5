"""Logins that end, and what comes after."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time

import pytest

from clinicd import AsyncClinic, CallFailed, Clinic, NotAuthenticated, QueueChange
from clinicd.types import Credentials

from daemon import Daemon


def shortened(daemon: Daemon, access_token: str, seconds: int) -> str:
    """The token, as if it had been made to end so soon."""
    header, claims, _ = access_token.split(".")
    body = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    body["exp"] = int(time.time()) + seconds
    text = base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()
    key = daemon.environment["SECRET_KEY"].encode()
    signature = hmac.digest(key, f"{header}.{text}".encode(), hashlib.sha256)
    end = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    return f"{header}.{text}.{end}"


def credentials(daemon: Daemon, role: str) -> Credentials:
    with Clinic(f"unix:{daemon.socket}") as clinic:
        return clinic.login(*daemon.password(role))


async def follow(board: AsyncClinic, seen: list[QueueChange]) -> None:
    async for change in board.follow_queue():
        seen.append(change)


async def all_seen(desk: AsyncClinic, seen: list[QueueChange]) -> None:
    """Waits until all that happened was seen."""
    last = (await desk.queue.today())["version"]
    async with asyncio.timeout(20):
        while not seen or seen[-1].version < last:
            await asyncio.sleep(0.01)


def test_the_queue_is_followed_over_the_end_of_a_token(daemon: Daemon, address: str) -> None:
    async def main() -> None:
        made = credentials(daemon, "display")
        seen: list[QueueChange] = []
        async with AsyncClinic(address) as desk, AsyncClinic(address) as board:
            await desk.login(*daemon.password("reception"))
            short = shortened(daemon, made["access_token"], 3)
            await board.use_tokens(short, made["refresh_token"])
            following = asyncio.create_task(follow(board, seen))
            for number in range(25):
                patient = await desk.patients.create(name=f"Visitor {number}")
                await desk.queue.walk_in(patient_id=patient["id"])
                await asyncio.sleep(0.2)
            await all_seen(desk, seen)
            assert not following.done()
            assert board.refresh_token != made["refresh_token"]
            assert [change.kind for change in seen] == ["snapshot"] + ["change"] * (len(seen) - 1)
            versions = [change.version for change in seen]
            assert versions == list(range(versions[0], versions[0] + len(versions)))
            following.cancel()

    asyncio.run(main())


def test_following_ends_when_the_login_is_over(daemon: Daemon, address: str) -> None:
    """By a logout here, by one elsewhere, by a token that cannot be renewed."""

    async def ended(board: AsyncClinic, end: AsyncClinic | None) -> str:
        seen: list[QueueChange] = []
        following = asyncio.create_task(follow(board, seen))
        async with asyncio.timeout(20):
            while not seen:
                await asyncio.sleep(0.01)
            if end is not None:
                await end.auth.logout()
            with pytest.raises(NotAuthenticated) as over:
                await following
        return over.value.reason

    async def main() -> None:
        async with AsyncClinic(address) as board, AsyncClinic(address) as other:
            await board.login(*daemon.password("display"))
            assert await ended(board, board) == "logged_out"
            made = await board.login(*daemon.password("display"))
            await other.use_tokens(made["access_token"])
            assert await ended(board, other) == "token_revoked"
            made = await board.login(*daemon.password("display"))
            await board.use_tokens(shortened(daemon, made["access_token"], 2))
            assert await ended(board, None) == "token_expired"

    asyncio.run(main())


def test_calls_at_once_renew_a_token_once(daemon: Daemon, address: str) -> None:
    async def main() -> None:
        made = credentials(daemon, "reception")
        async with AsyncClinic(address) as desk:
            await desk.use_tokens(shortened(daemon, made["access_token"], 2), made["refresh_token"])
            assert desk.refresh_token == made["refresh_token"]
            await asyncio.sleep(2.5)
            names = await asyncio.gather(*(desk.auth.whoami() for _ in range(5)))
            assert {each["role"] for each in names} == {"RECEPTION"}
            # The token before the present one is the first: a second use of it is a repeat.
            async with AsyncClinic(address) as other:
                await other.use_tokens(None, made["refresh_token"])

    asyncio.run(main())


def test_login_after_logout(daemon: Daemon, address: str) -> None:
    async def main() -> None:
        async with AsyncClinic(address, patience=1) as clinic:
            await clinic.login(*daemon.password("reception"))
            assert (await clinic.auth.logout()) == {"ok": True}
            assert clinic.refresh_token is None
            # A lost connection makes no difference.
            connection = await clinic._connected(needs_login=False)
            await connection.close()
            assert await clinic.system.ping() == {"pong": True}
            await clinic.login(*daemon.password("doctor"))
            assert (await clinic.auth.whoami())["role"] == "DOCTOR"

    asyncio.run(main())


def test_logout_of_a_login_that_is_over(daemon: Daemon, address: str) -> None:
    with Clinic(address) as clinic, Clinic(address) as other:
        made = clinic.login(*daemon.password("reception"))
        other.use_tokens(made["access_token"])
        other.auth.logout()
        with pytest.raises(NotAuthenticated) as over:
            clinic.auth.whoami()
        assert over.value.reason == "token_revoked"
        assert clinic.refresh_token is None
        assert clinic.auth.logout() == {"ok": True}


def test_login_after_a_refused_renewal(daemon: Daemon, address: str) -> None:
    with Clinic(address, patience=1) as clinic:
        with pytest.raises(NotAuthenticated) as wrong:
            clinic.use_tokens("garbage", "garbage")
        assert wrong.value.reason == "token_invalid"
        assert clinic.refresh_token is None
        assert clinic.system.version()["name"] == "clinicd"
        assert clinic.devices.request_pairing(role="DISPLAY")["code"]
        clinic.login(*daemon.password("reception"))
        assert clinic.auth.whoami()["role"] == "RECEPTION"


def test_nobody_is_logged_in_after_a_login_that_failed(daemon: Daemon, address: str) -> None:
    """Neither who was before, nor on the Unix socket whom the kernel names."""
    with Clinic(address, patience=1) as clinic:
        clinic.login(*daemon.password("reception"))
        with pytest.raises(NotAuthenticated):
            clinic.use_tokens("garbage")
        with pytest.raises(NotAuthenticated):
            clinic.auth.whoami()
        clinic.login(*daemon.password("reception"))
        with pytest.raises(NotAuthenticated):
            clinic.login("doctor", "not the password")
        for _ in range(2):
            with pytest.raises(NotAuthenticated):
                clinic.patients.create(name="Nobody's")
        clinic.login(*daemon.password("reception"))
        assert clinic.auth.whoami()["role"] == "RECEPTION"
        clinic.use_tokens(None)
        if not address.startswith("unix:"):
            with pytest.raises(NotAuthenticated):
                clinic.auth.whoami()


def test_tokens_that_calls_give_are_kept(daemon: Daemon, address: str) -> None:
    name, password = daemon.password("pharmacist")
    with Clinic(address) as clinic:
        clinic.auth.login(username=name, password=password)
        fresh = clinic.auth.change_password(current_password=password, new_password=password + "!")
        assert clinic.refresh_token == fresh["refresh_token"]
        back = clinic.auth.change_password(current_password=password + "!", new_password=password)
        assert clinic.refresh_token == back["refresh_token"]
        given = clinic.auth.refresh(refresh_token=back["refresh_token"])
        assert clinic.refresh_token == given["refresh_token"]
        assert clinic.auth.whoami()["role"] == "PHARMACIST"
        with pytest.raises(CallFailed):
            clinic.auth.refresh(refresh_token="garbage")
        assert clinic.auth.whoami()["role"] == "PHARMACIST"
