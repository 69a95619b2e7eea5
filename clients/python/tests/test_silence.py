"""Connections that carry nothing any more, against a daemon that is played."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Awaitable, Callable

import pytest

import clinicd.connection
from clinicd import AsyncClinic, ConnectionLost
from clinicd.connection import Connection
from clinicd.follow import QueueFollower

BOARD: dict[str, Any] = {"serving": [], "next": [], "waiting": 0}

Say = Callable[[dict[str, Any]], None]
Heard = Callable[[int, dict[str, Any], Say], None]


@asynccontextmanager
async def played(heard: Heard) -> AsyncIterator[str]:
    """The address of a daemon that does with the messages of its nth connection what it is told."""
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        number = connections

        def say(message: dict[str, Any]) -> None:
            writer.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

        while line := await reader.readline():
            heard(number, json.loads(line), say)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await asyncio.wait_for(test(), 60)

    asyncio.run(main())


def test_a_call_on_a_silent_connection_is_repeated_on_another() -> None:
    def heard(connection: int, message: dict[str, Any], say: Say) -> None:
        if connection > 1:
            say({"id": message["id"], "result": {"pong": True}})

    async def main() -> None:
        async with played(heard) as address:
            async with AsyncClinic(address, timeout=1, patience=60) as clinic:
                assert await clinic.system.ping() == {"pong": True}

    run(main)


def test_a_connection_that_says_something_stays() -> None:
    """A call that takes too long costs the others nothing."""
    methods: list[tuple[int, str]] = []

    def heard(connection: int, message: dict[str, Any], say: Say) -> None:
        methods.append((connection, message["method"]))
        if message["method"] == "system.version":
            say({"method": "queue.changed", "params": {}})
        elif message["method"] == "system.ping":
            say({"id": message["id"], "result": {"pong": True}})

    async def main() -> None:
        async with played(heard) as address:
            async with AsyncClinic(address, timeout=2, patience=0) as clinic:
                with pytest.raises(ConnectionLost):
                    await clinic.system.version()
                await clinic.system.ping()
        assert methods == [(1, "system.version"), (1, "rpc.cancel"), (1, "system.ping")]

    run(main)


def test_a_short_timeout_cuts_no_long_call() -> None:
    """Nothing at all is heard until the short call is cancelled."""
    long: list[int] = []

    def heard(connection: int, message: dict[str, Any], say: Say) -> None:
        assert connection == 1
        if message["method"] == "system.reconcile":
            long.append(message["id"])
        elif message["method"] == "rpc.cancel":
            assert message["params"]["id"] != long[0]
            say({"id": long[0], "result": {"done": True}})

    async def main() -> None:
        async with played(heard) as address:
            async with AsyncClinic(address, timeout=0.2, patience=0) as clinic:
                reconciling = asyncio.create_task(clinic.call("system.reconcile"))
                while not long:
                    await asyncio.sleep(0.01)
                with pytest.raises(ConnectionLost):
                    await clinic.system.version()
                assert await reconciling == {"done": True}

    run(main)


def test_calls_with_a_short_timeout_leave_a_silent_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None of them is alone on it."""
    monkeypatch.setattr(clinicd.connection, "SILENCE", 0.5)

    def heard(connection: int, message: dict[str, Any], say: Say) -> None:
        if connection > 1 and "id" in message:
            say({"id": message["id"], "result": {"connection": connection}})

    async def main() -> None:
        async with played(heard) as address:
            async with AsyncClinic(address, timeout=0.3, patience=60) as clinic:
                calls = ("system.reconcile", "system.version", "system.version")
                answers = await asyncio.gather(*(clinic.call(method) for method in calls))
                assert all(answer["connection"] > 1 for answer in answers)

    run(main)


def test_a_follower_leaves_a_silent_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clinicd.connection, "SILENCE", 0.3)
    pinged: list[int] = []

    def heard(connection: int, message: dict[str, Any], say: Say) -> None:
        if message["method"] == "system.ping":
            pinged.append(connection)
        if message["method"] == "queue.subscribe":
            since = message["params"].get("since") or {"version": 0}
            version = min(since["version"] + 1, 2)
            queue = {"date": "2026-02-17", "version": version, "tokens": [], "board": BOARD}
            say({"id": message["id"], "result": {"subscription": "queue-1", "snapshot": queue}})
        elif connection > 1 and "id" in message:
            say({"id": message["id"], "result": {"pong": True}})

    async def main() -> None:
        async with played(heard) as address, AsyncClinic(address) as board:
            seen: list[int] = []

            async def follow() -> None:
                async for change in board.follow_queue():
                    seen.append(change.version)

            following = asyncio.create_task(follow())
            # The next one answers, and is asked again when it is silent.
            while len(pinged) < 4:
                await asyncio.sleep(0.01)
            assert (pinged[0], seen[:2]) == (1, [1, 2])
            following.cancel()

    run(main)


def test_the_end_of_an_old_connection_ends_no_new_subscription() -> None:
    """Both have a `queue-1`."""

    def reply(version: int) -> dict[str, Any]:
        queue = {"date": "2026-02-17", "version": version, "tokens": [], "board": BOARD}
        return {"subscription": "queue-1", "snapshot": queue}

    def changed(version: int) -> dict[str, Any]:
        result = {"kind": "change", "version": version}
        return {"method": "queue.changed", "params": {"subscription": "queue-1", "result": result}}

    async def main() -> None:
        old, new = Connection.__new__(Connection), Connection.__new__(Connection)
        follower = QueueFollower({})
        shutdown = {"subscription": "queue-1", "result": {"kind": "shutdown"}}
        follower.take(old, {"method": "queue.changed", "params": shutdown})
        assert [change.version async for change in follower.changes(old, reply(1))] == [1]
        follower.take(old, {"method": "connection.ended"})
        follower.take(old, changed(9))
        follower.take(new, changed(3))
        follower.take(new, {"method": "connection.ended"})
        seen = [change.version async for change in follower.changes(new, reply(2))]
        assert seen == [2, 3]

    run(main)


def test_what_may_take_long_has_long(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, float] = {}

    async def call(self: Connection, method: str, params: str, timeout: float) -> Any:
        given[method] = timeout

    monkeypatch.setattr(Connection, "call", call)

    async def main() -> None:
        async with played(lambda *message: None) as address, AsyncClinic(address) as clinic:
            for method in ("system.ping", "system.rebuild", "system.reconcile", "audit.verify"):
                await clinic.call(method)
        assert given["system.ping"] == 30
        assert given["system.rebuild"] > 600 and given["system.reconcile"] > 600
        assert given["audit.verify"] > 60

    run(main)
