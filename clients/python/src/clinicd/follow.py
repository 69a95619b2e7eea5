"""Following the queue over lost connections."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, AsyncIterator, Mapping

from .connection import Connection
from .errors import failure

# Why a subscription ended that may be begun again. When the login is really over, beginning says so.
_NOT_FINAL = frozenset({"overflow", "slow_reader", "token_expired", "token_revoked"})


@dataclass(frozen=True)
class QueueChange:
    """One version of the queue.

    `kind` is `snapshot` (the whole queue, in `tokens`) or `change` (the tokens that moved; none when
    the version is about another doctor). `board` is enough to draw a board.
    """

    kind: str
    date: str
    version: int
    tokens: list[dict[str, Any]]
    board: dict[str, Any] | None
    reason: str | None = None


class QueueFollower:
    """Where a subscription stands. Knows neither sockets nor time."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = dict(params)
        self._messages: asyncio.Queue[tuple[Connection, Mapping[str, Any]] | None] = asyncio.Queue()
        self._date: str | None = None
        self._version: int | None = None
        self.subscription: str | None = None
        self.connection: Connection | None = None
        self.is_over = False

    @property
    def params(self) -> dict[str, Any]:
        """For `queue.subscribe`: with what was seen last."""
        if self._date is None or self._version is None:
            return self._params
        return {**self._params, "since": {"date": self._date, "version": self._version}}

    def take(self, connection: Connection, message: Mapping[str, Any]) -> None:
        """Takes what came on a connection."""
        self._messages.put_nowait((connection, message))

    def end(self) -> None:
        self.is_over = True
        self._messages.put_nowait(None)

    async def changes(
        self, connection: Connection, reply: Mapping[str, Any]
    ) -> AsyncIterator[QueueChange]:
        """What the subscription of `reply` brings, until it ends.

        What came on other connections is passed over: there, too, was a `queue-1`.
        """
        self.subscription = reply["subscription"]
        self.connection = connection
        if reply.get("snapshot") is not None:
            yield self._snapshot(reply["snapshot"], "subscribed")
        for change in reply.get("replay") or []:
            if (seen := self._change(change)) is not None:
                yield seen
        while (taken := await self._messages.get()) is not None:
            source, message = taken
            if source is not connection:
                continue
            if message["method"] == "connection.ended":
                break
            params = message.get("params") or {}
            if params.get("subscription") != self.subscription:
                continue
            result = params["result"]
            kind = result["kind"]
            if kind == "snapshot":
                yield self._snapshot(result, result.get("reason"))
            elif kind == "change":
                if (seen := self._change(result)) is not None:
                    yield seen
            elif kind == "closed" and result.get("reason") not in _NOT_FINAL:
                self.is_over = True
                raise failure({"code": -32001, "message": "the subscription ended", "data": result})
            else:
                break
        self.subscription = None

    def _snapshot(self, queue: Mapping[str, Any], reason: str | None) -> QueueChange:
        self._date = queue["date"]
        self._version = queue["version"]
        return QueueChange(
            "snapshot", queue["date"], queue["version"], queue["tokens"], queue["board"], reason
        )

    def _change(self, change: Mapping[str, Any]) -> QueueChange | None:
        """None for a version that was seen already."""
        version = int(change["version"])
        if self._version is not None and version <= self._version:
            return None
        self._version = version
        self._date = change.get("date", self._date)
        return QueueChange(
            "change", self._date or "", version, change.get("tokens", []), change.get("board")
        )
