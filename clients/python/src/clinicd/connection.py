"""One connection: calls and their answers, notifications."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Callable, Mapping

from .errors import ConnectionLost, failure
from .transport import Transport

Notification = Callable[[Mapping[str, Any]], None]


class Connection:
    """Calls run concurrently; answers come in any order."""

    def __init__(self, transport: Transport, notify: Notification) -> None:
        self._transport = transport
        self._notify = notify
        self._waiting: dict[int, asyncio.Future[Mapping[str, Any]]] = {}
        self._last_id = 0
        self._reader = asyncio.create_task(self._read())

    @property
    def is_open(self) -> bool:
        return not self._reader.done()

    async def call(self, method: str, params: Mapping[str, Any], timeout: float) -> Any:
        """The result; raises `CallFailed`, or `ConnectionLost` when no answer came."""
        if not self.is_open:
            raise ConnectionLost("the connection has ended")
        self._last_id += 1
        number = self._last_id
        answer: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        try:
            await self._transport.send(json.dumps(request, ensure_ascii=False))
            reply = await asyncio.wait_for(answer, timeout)
        except asyncio.CancelledError:
            await self._cancel(number)
            raise
        except asyncio.TimeoutError as error:
            await self._cancel(number)
            raise ConnectionLost("no answer in time") from error
        except OSError as error:
            raise ConnectionLost("the connection broke") from error
        except Exception as error:
            if isinstance(error, ConnectionLost):
                raise
            # The WebSocket library has exceptions of its own for a connection that has ended.
            raise ConnectionLost("the connection broke") from error
        finally:
            self._waiting.pop(number, None)
        if "error" in reply:
            raise failure(reply["error"])
        return reply.get("result")

    async def _cancel(self, number: int) -> None:
        if not self.is_open:
            return
        message = {"jsonrpc": "2.0", "method": "rpc.cancel", "params": {"id": number}}
        try:
            await asyncio.shield(self._transport.send(json.dumps(message)))
        except Exception:
            pass

    async def _read(self) -> None:
        try:
            while (line := await self._transport.receive()) is not None:
                message = json.loads(line)
                if isinstance(message, dict):
                    self._take(message)
        except (OSError, ValueError):
            pass
        finally:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionLost("the connection broke"))
            self._notify({"method": "connection.ended"})

    def _take(self, message: Mapping[str, Any]) -> None:
        if "method" in message:
            self._notify(message)
            return
        answer = self._waiting.get(message.get("id") or 0)
        if answer is not None and not answer.done():
            answer.set_result(message)

    async def close(self) -> None:
        await self._transport.close()
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
