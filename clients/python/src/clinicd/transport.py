"""Lines of JSON to and from a daemon: over a Unix socket, TCP, TLS or a WebSocket."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Protocol
from urllib.parse import urlsplit

from .errors import ConnectionLost

_LINE_LIMIT = 64 << 20


class Transport(Protocol):
    """A connection that carries messages."""

    async def send(self, message: str) -> None:
        """Raises `ConnectionLost`."""
        ...

    async def receive(self) -> str | None:
        """The next message; None when the connection has ended."""
        ...

    async def close(self) -> None: ...


class _Stream:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, message: str) -> None:
        try:
            self._writer.write(message.encode() + b"\n")
            await self._writer.drain()
        except OSError as error:
            raise ConnectionLost("the connection broke") from error

    async def receive(self) -> str | None:
        line = await self._reader.readline()
        return line.decode() if line.endswith(b"\n") else None

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            pass


class _WebSocket:
    def __init__(self, socket: Any) -> None:
        self._socket = socket

    async def send(self, message: str) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            await self._socket.send(message)
        except (ConnectionClosed, OSError) as error:
            raise ConnectionLost("the connection broke") from error

    async def receive(self) -> str | None:
        from websockets.exceptions import ConnectionClosed

        try:
            return str(await self._socket.recv())
        except ConnectionClosed:
            return None

    async def close(self) -> None:
        await self._socket.close()


async def connect(address: str, tls: ssl.SSLContext | None, timeout: float) -> Transport:
    """Connects to `unix:PATH` (or a path), `tcp://HOST:PORT`, `tls://HOST:PORT`,
    `ws://HOST:PORT/rpc` or `wss://HOST:PORT/rpc`."""
    try:
        return await asyncio.wait_for(_connect(address, tls), timeout)
    except (OSError, asyncio.TimeoutError, EOFError) as error:
        raise ConnectionLost(f"cannot reach {address}") from error


async def _connect(address: str, tls: ssl.SSLContext | None) -> Transport:
    if address.startswith(("/", "unix:")):
        path = address.removeprefix("unix:").removeprefix("//")
        return _Stream(*await asyncio.open_unix_connection(path, limit=_LINE_LIMIT))
    parts = urlsplit(address)
    encrypted = parts.scheme in ("tls", "wss")
    context = (tls or ssl.create_default_context()) if encrypted else None
    if parts.scheme in ("tcp", "tls"):
        if parts.port is None:
            raise ValueError(f"no port in {address}")
        return _Stream(
            *await asyncio.open_connection(
                parts.hostname, parts.port, ssl=context, limit=_LINE_LIMIT
            )
        )
    if parts.scheme in ("ws", "wss"):
        return _WebSocket(await _open_websocket(address, context))
    raise ValueError(f"not an address of clinicd: {address}")


async def _open_websocket(address: str, context: ssl.SSLContext | None) -> Any:
    try:
        import websockets.client
        from websockets.exceptions import WebSocketException
    except ImportError as error:
        raise ImportError("a WebSocket needs the package websockets: clinicd[websocket]") from error
    try:
        return await websockets.client.connect(address, ssl=context, max_size=_LINE_LIMIT)
    except WebSocketException as error:
        raise ConnectionLost(f"{address} is no WebSocket of clinicd") from error
