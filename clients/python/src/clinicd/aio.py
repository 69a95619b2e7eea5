"""The client for asyncio."""

from __future__ import annotations

import asyncio
import ssl
import time
import uuid
from typing import Any, AsyncIterator, Mapping

from .connection import Connection
from .errors import CallFailed, ConnectionLost, NotAuthenticated
from .follow import QueueChange, QueueFollower
from .methods import KEYED, AsyncMethods
from .transport import connect
from .types import Credentials
from .unset import UNSET, Unset

# They write, and take no key that would make a repeat the same call.
_NOT_REPEATED = frozenset(
    {"auth.register", "auth.change_password", "auth.refresh", "users.reset_password"}
)


class AsyncClinic(AsyncMethods):
    """A connection to clinicd that comes back by itself.

    A call whose answer was lost is repeated for `patience` seconds, if that is safe: when it only
    reads, or under its idempotency key, which is made when none is given. A login is kept over lost
    connections, and refreshed before it ends.
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
        self._address = address
        self._tls = tls
        self._timeout = timeout
        self._patience = patience
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()
        self._access_token: str | None = None
        self._refresh_token: str | None = None
        self._followers: set[QueueFollower] = set()

    async def __aenter__(self) -> AsyncClinic:
        await self._connected()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection and what follows the queue on it."""
        for follower in list(self._followers):
            follower.end()
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    # Who calls

    async def login(self, username: str, password: str) -> Credentials:
        """Logs in by password. The tokens are kept and renewed."""
        credentials = await self.auth.login(username=username, password=password)
        self._keep(credentials["access_token"], credentials["refresh_token"])
        return credentials

    async def use_tokens(self, access_token: str | None, refresh_token: str | None = None) -> None:
        """Goes on with tokens that were obtained before. Raises `NotAuthenticated`."""
        connection = await self._connected()
        async with self._connecting:
            self._keep(access_token, refresh_token)
            await self._authenticate(connection)

    def _keep(self, access_token: str | None, refresh_token: str | None) -> None:
        self._access_token = access_token
        self._refresh_token = refresh_token

    @property
    def refresh_token(self) -> str | None:
        """The last one, to be kept by a device. Each works once."""
        return self._refresh_token

    # Calls

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """Calls a method by its name. Raises `CallFailed` or `ConnectionLost`."""
        values = {k: v for k, v in (params or {}).items() if not isinstance(v, Unset)}
        if method in KEYED and values.get("idempotency_key") is None:
            values["idempotency_key"] = str(uuid.uuid4())
        may_repeat = method not in _NOT_REPEATED
        until = time.monotonic() + self._patience
        renewed = False
        delay = 0.05
        while True:
            try:
                connection = await self._connected()
                return await connection.call(method, values, self._timeout)
            except NotAuthenticated as error:
                if renewed or error.reason != "token_expired" or not await self._renew():
                    raise
                renewed = True
            except ConnectionLost:
                if not may_repeat or time.monotonic() > until:
                    raise
                await asyncio.sleep(delay)
                delay = min(delay * 2, 1)
            except CallFailed as error:
                stopping = error.reason in ("stopping", "outcome_unknown")
                if not (stopping and may_repeat) or time.monotonic() > until:
                    raise
                await asyncio.sleep(delay)
                delay = min(delay * 2, 1)

    async def _connected(self) -> Connection:
        async with self._connecting:
            if self._connection is not None and self._connection.is_open:
                return self._connection
            transport = await connect(self._address, self._tls, self._timeout)
            connection = Connection(transport, self._notified)
            try:
                await self._authenticate(connection)
            except BaseException:
                await connection.close()
                raise
            self._connection = connection
            return connection

    async def _authenticate(self, connection: Connection) -> None:
        if self._access_token is not None:
            try:
                token = {"access_token": self._access_token}
                await connection.call("auth.authenticate", token, self._timeout)
                return
            except NotAuthenticated:
                self._access_token = None
        if self._refresh_token is not None:
            await self._refresh(connection)
            fresh = {"access_token": self._access_token}
            await connection.call("auth.authenticate", fresh, self._timeout)

    async def _renew(self) -> bool:
        if self._refresh_token is None:
            return False
        connection = await self._connected()
        async with self._connecting:
            await self._refresh(connection)
        return True

    async def _refresh(self, connection: Connection) -> None:
        token = {"refresh_token": self._refresh_token}
        fresh = await connection.call("auth.refresh", token, self._timeout)
        self._keep(fresh["access_token"], fresh["refresh_token"])

    # The queue as it changes

    async def follow_queue(
        self, *, date: str | Unset = UNSET, doctor_id: int | Unset = UNSET
    ) -> AsyncIterator[QueueChange]:
        """Every version of the queue, in order, without a gap: first a snapshot, then what changes.

        It goes on after a lost connection and a restart of the daemon. It ends when the client is
        closed, and raises `CallFailed` when the caller may not follow the queue any more.
        """
        params = {"date": date, "doctor_id": doctor_id}
        follower = QueueFollower({k: v for k, v in params.items() if not isinstance(v, Unset)})
        self._followers.add(follower)
        try:
            while not follower.is_over:
                try:
                    reply = await self.call("queue.subscribe", follower.params)
                except ConnectionLost:
                    await asyncio.sleep(0.5)
                    continue
                async for change in follower.changes(reply):
                    yield change
        finally:
            self._followers.discard(follower)
            await self._unsubscribe(follower)

    async def _unsubscribe(self, follower: QueueFollower) -> None:
        connection = self._connection
        if follower.subscription is None or connection is None or not connection.is_open:
            return
        try:
            params = {"subscription": follower.subscription}
            await connection.call("queue.unsubscribe", params, self._timeout)
        except (CallFailed, ConnectionLost):
            pass

    def _notified(self, message: Mapping[str, Any]) -> None:
        for follower in list(self._followers):
            follower.take(message)
