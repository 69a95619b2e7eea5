"""What lies between browsers and a daemon, and can be cut."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import Iterator

from daemon import free_port


class Wire:
    """Carries connections to a port of this machine. What is cut carries nothing, and says nothing.

    It has several addresses: pages of each keep their login for themselves, as devices do.
    """

    def __init__(self, target: int, addresses: int = 1) -> None:
        self._target = target
        self._blocked: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._writers: set[asyncio.StreamWriter] = set()
        hosts = [f"127.0.0.{number + 1}" for number in range(addresses)]
        port = free_port()
        started = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._carry, hosts, port), self._loop
        )
        self._server = started.result()
        self.bases = [f"http://{host}:{port}" for host in hosts]

    @contextmanager
    def cut(self, *directions: str) -> Iterator[None]:
        """Meanwhile nothing passes `up` to the daemon or `down` from it; without any of both, neither."""
        self._blocked = set(directions or ("up", "down"))
        try:
            yield
        finally:
            self._blocked = set()
            self._loop.call_soon_threadsafe(self._drop)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _end(self) -> None:
        self._server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    def _drop(self) -> None:
        """What lost something cannot go on."""
        for writer in self._writers:
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        self._writers.add(up_writer)
        await asyncio.gather(
            self._pump("up", reader, up_writer), self._pump("down", up_reader, writer)
        )
        self._writers -= {writer, up_writer}

    async def _pump(
        self, direction: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while data := await reader.read(1 << 16):
                if direction not in self._blocked:
                    writer.write(data)
                    await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
