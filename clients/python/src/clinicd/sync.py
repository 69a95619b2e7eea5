"""The client for programs without asyncio."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import ssl
import threading
from typing import Any, Coroutine, Iterator, Mapping, TypeVar

from .aio import AsyncClinic
from .errors import ClientClosed
from .follow import QueueChange
from .methods import Methods
from .types import Credentials
from .unset import UNSET, Unset

T = TypeVar("T")


class Clinic(Methods):
    """`AsyncClinic` on a thread of its own. May be used by several threads.

    What is interrupted, by Ctrl-C for instance, is cancelled.
    """

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
        self._is_closed = False
        self._closing = threading.Lock()

        async def make() -> AsyncClinic:
            return AsyncClinic(address, tls=tls, timeout=timeout, patience=patience)

        self._clinic = self._run(make())
        # A program that ends without a word ends its connection all the same.
        atexit.register(self.close)

    def __enter__(self) -> Clinic:
        try:
            self._run(self._clinic.__aenter__())
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection and the thread. Later calls raise `ClientClosed`. Once is enough."""
        atexit.unregister(self.close)
        with self._closing:
            if self._is_closed:
                return
            self._is_closed = True
            ended = asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        ended.result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        await self._clinic.close()
        # What other threads wait for ends too.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            _, left = await asyncio.wait(others, timeout=1)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    def login(self, username: str, password: str) -> Credentials:
        """Logs in by password. The tokens are kept and renewed.

        When it fails nobody is logged in, not even who was before.
        """
        return self._run(self._clinic.login(username, password))

    def use_tokens(self, access_token: str | None, refresh_token: str | None = None) -> None:
        """Goes on with tokens that were obtained before; None forgets those that are kept.
        Raises `NotAuthenticated`.

        When it fails nobody is logged in, not even who was before.
        """
        self._run(self._clinic.use_tokens(access_token, refresh_token))

    @property
    def refresh_token(self) -> str | None:
        """The last one, to be kept by a device. Each works once."""
        return self._clinic.refresh_token

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """Calls a method by its name.

        Raises `CallFailed`, `ConnectionLost`, `InvalidParams` or `ClientClosed`.
        """
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

        begun = False
        try:
            while (change := self._run(following())) is not None:
                begun = True
                yield change
        except ClientClosed:
            if not begun:
                raise
        finally:
            try:
                self._run(end())
            except ClientClosed:
                pass

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        task: asyncio.Task[Any] | None = None

        async def working() -> T:
            nonlocal task
            task = asyncio.current_task()
            return await work

        async def stop() -> None:
            if task is not None:
                task.cancel()
                await asyncio.wait({task})

        try:
            running = self._begin(working())
        except ClientClosed:
            work.close()
            raise
        try:
            return running.result()
        except concurrent.futures.CancelledError:
            raise ClientClosed("the client was closed") from None
        except BaseException:
            if not running.done():
                # Interrupted: nothing of it goes on.
                try:
                    self._begin(stop()).result()
                except (ClientClosed, concurrent.futures.CancelledError):
                    pass
            raise

    def _begin(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        with self._closing:
            if self._is_closed:
                work.close()
                raise ClientClosed("the client is closed")
            return asyncio.run_coroutine_threadsafe(work, self._loop)
