"""One connection: calls and their answers, notifications."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass
from typing import Any, Callable, Mapping

from .errors import ClinicdError, ConnectionLost, InvalidParams, failure
from .transport import Transport

SILENCE = 15.0
"""After so many seconds without a word the daemon is asked, and has as many to answer."""
# How long a word of parting may take.
_CLOSING = 1.0

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
# The message could not be read, or was none.
_UNREADABLE = (-32700, -32600)


def encoded(value: Any) -> str:
    """The value as JSON; raises `InvalidParams` when it is none."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidParams(f"this cannot be sent as JSON: {error}") from error
    return text


@dataclass
class _Call:
    text: str
    answer: asyncio.Future[Mapping[str, Any]]

    @property
    def depth(self) -> int:
        depth = deepest = 0
        for character in _STRINGS.sub("", self.text):
            if character in "[{":
                depth += 1
                deepest = max(deepest, depth)
            elif character in "]}":
                depth -= 1
        return deepest


class Connection:
    """Calls run concurrently; answers come in any order.

    It ends when nothing comes although something is due. A call that is alone, or had time enough,
    tells by its timeout; otherwise a ping does, which is also sent when all has been silent while
    calls wait or the queue is followed.
    """

    def __init__(
        self, transport: Transport, notify: Callable[[Connection, Mapping[str, Any]], None]
    ) -> None:
        self._transport = transport
        self._notify = notify
        self._waiting: dict[int, _Call] = {}
        self._last_id = 0
        self._why_ended = ""
        self._doubt = asyncio.Event()
        self._reader = asyncio.create_task(self._read())
        self._watcher = asyncio.create_task(self._watch())
        # What it is bound by; kept by who binds it.
        self.access_token: str | None = None
        # How many subscriptions are followed on it; kept by who follows.
        self.followers = 0

    @property
    def is_open(self) -> bool:
        return not self._reader.done()

    async def call(self, method: str, params: str, timeout: float) -> Any:
        """The result; raises `CallFailed`, or `ConnectionLost` when no answer came.

        `params` is JSON, of `encoded`.
        """
        name = encoded(method)
        if not self.is_open:
            raise ConnectionLost("the connection has ended")
        self._last_id += 1
        number = self._last_id
        text = f'{{"jsonrpc":"2.0","id":{number},"method":{name},"params":{params}}}'
        call = _Call(text, asyncio.get_running_loop().create_future())
        self._waiting[number] = call
        began = time.monotonic()
        try:
            reply = await asyncio.wait_for(self._exchange(call), timeout)
        except asyncio.CancelledError:
            await self._cancel(number)
            raise
        except asyncio.TimeoutError as error:
            is_silent = self._transport.heard <= began
            is_alone = len(self._waiting) == 1 and not self.followers
            if is_silent and (timeout >= SILENCE or is_alone):
                self._transport.abort()
                await self._end()
            else:
                # Others may have more time: a ping tells whether they wait for nothing.
                if is_silent:
                    self._doubt.set()
                await self._cancel(number)
            raise ConnectionLost("no answer in time") from error
        finally:
            self._waiting.pop(number, None)
        if "error" in reply:
            raise failure(reply["error"])
        return reply.get("result")

    async def _exchange(self, call: _Call) -> Mapping[str, Any]:
        try:
            await self._transport.send(call.text)
        except ConnectionLost:
            # Before it closes the daemon may have said why: what it sent is read to the end.
            pass
        return await call.answer

    async def _cancel(self, number: int) -> None:
        if not self.is_open:
            return
        message = {"jsonrpc": "2.0", "method": "rpc.cancel", "params": {"id": number}}
        try:
            sending = self._transport.send(json.dumps(message))
            await asyncio.wait_for(asyncio.shield(sending), _CLOSING)
        except (ConnectionLost, asyncio.TimeoutError):
            pass

    async def _watch(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._doubt.wait(), SILENCE / 3)
            except asyncio.TimeoutError:
                pass
            is_silent = time.monotonic() - self._transport.heard >= SILENCE
            if (is_silent or self._doubt.is_set()) and (self.followers or self._waiting):
                try:
                    await self.call("system.ping", "{}", SILENCE)
                except ClinicdError:
                    pass
            self._doubt.clear()

    async def _read(self) -> None:
        try:
            while (line := await self._transport.receive()) is not None:
                message = json.loads(line)
                if isinstance(message, dict):
                    self._take(message)
        except (OSError, ValueError):
            pass
        finally:
            for call in self._waiting.values():
                if not call.answer.done():
                    lost = ConnectionLost(f"the connection broke{self._why_ended}")
                    call.answer.set_exception(lost)
            self._watcher.cancel()
            self._transport.abort()
            self._notify(self, {"method": "connection.ended"})

    def _take(self, message: Mapping[str, Any]) -> None:
        if "method" in message:
            self._notify(self, message)
            return
        number = message.get("id")
        call = self._unreadable(message) if number is None else self._waiting.get(number)
        if call is not None and not call.answer.done():
            call.answer.set_result(message)

    def _unreadable(self, message: Mapping[str, Any]) -> _Call | None:
        """The call that an error without an id is about; None when it is about the connection."""
        error = failure(message.get("error") or {})
        waiting = [call for call in self._waiting.values() if not call.answer.done()]
        if error.code not in _UNREADABLE or not waiting:
            self._why_ended = f": {error}"
            return None
        if error.reason == "message_too_large":
            return max(waiting, key=lambda call: len(call.text))
        return max(waiting, key=lambda call: call.depth)

    async def close(self) -> None:
        closing = asyncio.ensure_future(self._transport.close())
        try:
            await asyncio.wait({closing}, timeout=_CLOSING)
        finally:
            self._transport.abort()
        await asyncio.gather(closing, return_exceptions=True)
        await self._end()

    async def _end(self) -> None:
        tasks = {self._reader, self._watcher} - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
