"""The client for programs without asyncio."""

from __future__ import annotations

import asyncio
import atexit
import ssl
import threading
from typing import Any, Coroutine, Iterator, Mapping, TypeVar

from .aio import AsyncClinic
from .follow import QueueChange
from .methods import Methods
from .types import Credentials
from .unset import UNSET, Unset

T = TypeVar("T")


class Clinic(Methods):
    """`AsyncClinic` on a thread of its own. May be used by several threads."""

    def __init__(
        self,
        address: str = "unix:/run/clinicd/rpc.sock",
        *,
        tls: ssl.SSLContext | None = None,
        timeout: float = 30,
        patience: float = 30,
    ) -> None:
        super().__init__(self)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

        async def make() -> AsyncClinic:
            return AsyncClinic(address, tls=tls, timeout=timeout, patience=patience)

        self._clinic = self._run(make())
        # A program that ends without a word ends its connection all the same.
        atexit.register(self.close)

    def __enter__(self) -> Clinic:
        self._run(self._clinic.__aenter__())
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection and the thread. Once is enough."""
        atexit.unregister(self.close)
        if self._loop.is_closed():
            return
        self._run(self._clinic.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def login(self, username: str, password: str) -> Credentials:
        """Logs in by password. The tokens are kept and renewed."""
        return self._run(self._clinic.login(username, password))

    def use_tokens(self, access_token: str | None, refresh_token: str | None = None) -> None:
        """Goes on with tokens that were obtained before. Raises `NotAuthenticated`."""
        self._run(self._clinic.use_tokens(access_token, refresh_token))

    @property
    def refresh_token(self) -> str | None:
        """The last one, to be kept by a device. Each works once."""
        return self._clinic.refresh_token

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """Calls a method by its name. Raises `CallFailed` or `ConnectionLost`."""
        return self._run(self._clinic.call(method, params))

    def follow_queue(
        self, *, date: str | Unset = UNSET, doctor_id: int | Unset = UNSET
    ) -> Iterator[QueueChange]:
        """Every version of the queue, in order, without a gap, as `AsyncClinic.follow_queue`."""
        changes = self._clinic.follow_queue(date=date, doctor_id=doctor_id)

        async def following() -> QueueChange | None:
            try:
                return await changes.__anext__()
            except StopAsyncIteration:
                return None

        async def end() -> None:
            close = getattr(changes, "aclose", None)
            if close is not None:
                await close()

        try:
            while (change := self._run(following())) is not None:
                yield change
        finally:
            self._run(end())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
