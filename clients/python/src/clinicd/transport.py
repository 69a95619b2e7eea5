"""Lines of JSON to and from a daemon: over a Unix socket, TCP, TLS or a WebSocket."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import ssl
import time
from collections import deque
from typing import Any, Protocol
from urllib.parse import urlsplit

from .errors import ConnectionLost, InvalidAddress, PackageMissing

_LINE_LIMIT = 64 << 20


class Transport(Protocol):
    """A connection that carries messages."""

    heard: float
    """When something came last, by the monotonic clock."""

    async def send(self, message: str) -> None:
        """Raises `ConnectionLost`."""
        ...

    async def receive(self) -> str | None:
        """The next message; None when the connection has ended."""
        ...

    async def close(self) -> None: ...

    def abort(self) -> None:
        """Ends it without a word to the other side, which may be away."""
        ...


class _Stream:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._lines: deque[bytes] = deque()
        self._begun = bytearray()
        self.heard = time.monotonic()

    async def send(self, message: str) -> None:
        try:
            self._writer.write(message.encode() + b"\n")
            await self._writer.drain()
        except OSError as error:
            raise ConnectionLost("the connection broke") from error

    async def receive(self) -> str | None:
        while not self._lines:
            data = await self._reader.read(1 << 16)
            if not data:
                return None
            self.heard = time.monotonic()
            *lines, rest = data.split(b"\n")
            if lines:
                lines[0] = bytes(self._begun) + lines[0]
                self._lines.extend(lines)
                self._begun.clear()
            self._begun += rest
            if len(self._begun) > _LINE_LIMIT:
                raise ValueError("a message without an end")
        return self._lines.popleft().decode()

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            pass

    def abort(self) -> None:
        self._writer.transport.abort()


class _WebSocket:
    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.heard = time.monotonic()

    async def send(self, message: str) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            await self._socket.send(message)
        except (ConnectionClosed, OSError) as error:
            raise ConnectionLost("the connection broke") from error

    async def receive(self) -> str | None:
        from websockets.exceptions import ConnectionClosed

        try:
            message = str(await self._socket.recv())
        except ConnectionClosed:
            return None
        self.heard = time.monotonic()
        return message

    async def close(self) -> None:
        await self._socket.close()

    def abort(self) -> None:
        self._socket.transport.abort()


async def connect(address: str, tls: ssl.SSLContext | None, timeout: float) -> Transport:
    """Connects to `unix:PATH` (or a path), `tcp://HOST:PORT`, `tls://HOST:PORT`,
    `ws://HOST:PORT/rpc` or `wss://HOST:PORT/rpc`. Another address raises `InvalidAddress`."""
    try:
        return await asyncio.wait_for(_connect(address, tls), timeout)
    except (OSError, asyncio.TimeoutError, EOFError) as error:
        raise ConnectionLost(f"cannot reach {address}") from error
    except ValueError as error:
        raise InvalidAddress(f"not an address of clinicd: {address} ({error})") from error


async def _connect(address: str, tls: ssl.SSLContext | None) -> Transport:
    if address.startswith(("/", "unix:")):
        path = address.removeprefix("unix:").removeprefix("//")
        return _Stream(*await asyncio.open_unix_connection(path))
    parts = urlsplit(address)
    encrypted = parts.scheme in ("tls", "wss")
    context = (tls or ssl.create_default_context()) if encrypted else None
    if parts.scheme in ("tcp", "tls"):
        if parts.port is None:
            raise ValueError("no port")
        return _Stream(*await asyncio.open_connection(parts.hostname, parts.port, ssl=context))
    if parts.scheme in ("ws", "wss"):
        return _WebSocket(await _open_websocket(address, context))
    raise ValueError("unix:, tcp://, tls://, ws:// or wss:// is missing")


async def _open_websocket(address: str, context: ssl.SSLContext | None) -> Any:
    try:
        from websockets.exceptions import InvalidURI, WebSocketException

        try:
            client: Any = importlib.import_module("websockets.asyncio.client")
        except ImportError:
            # Before version 13.
            client = importlib.import_module("websockets.client")
    except ImportError as error:
        missing = "a WebSocket needs the package websockets: clinicd[websocket]"
        raise PackageMissing(missing) from error
    options: dict[str, Any] = {"ssl": context, "max_size": _LINE_LIMIT}
    if "proxy" in inspect.signature(client.connect).parameters:
        # Straight to the daemon, as over TCP and with every version.
        options["proxy"] = None
    try:
        return await client.connect(address, **options)
    except InvalidURI as error:
        raise ValueError(str(error)) from error
    except WebSocketException as error:
        raise ConnectionLost(f"{address} is no WebSocket of clinicd") from error
