"""The client for asyncio."""

from __future__ import annotations

import asyncio
import ssl
import time
import uuid
from typing import Any, AsyncIterator, Mapping

from .connection import Connection, encoded
from .errors import (
    CallFailed,
    ClientClosed,
    ClinicdError,
    ConnectionLost,
    NotAuthenticated,
    NotNow,
)
from .follow import QueueChange, QueueFollower
from .methods import KEYED, AsyncMethods
from .transport import connect
from .types import Credentials
from .unset import UNSET, Unset

# They write, and take no key that would make a repeat the same call.
_NOT_REPEATED = frozenset(
    {"auth.register", "auth.change_password", "auth.refresh", "users.reset_password"}
)
# Anybody may call them, whoever was logged in before.
_WITHOUT_LOGIN = frozenset(
    {
        "auth.login",
        "auth.authenticate",
        "auth.refresh",
        "devices.request_pairing",
        "devices.claim",
        "system.ping",
        "system.version",
    }
)
# They may change who a connection is bound to. Nothing else begins meanwhile.
_BINDING = frozenset(
    {
        "auth.login",
        "auth.authenticate",
        "auth.refresh",
        "auth.change_password",
        "auth.logout",
        "devices.claim",
    }
)
# Seconds that the daemon gives them beyond the 10 of every call.
_LONGER = {
    "system.rebuild": 590,
    "system.reconcile": 590,
    "audit.verify": 50,
    "reports.roll_up": 50,
    "patients.merge": 10,
    "patients.unmerge": 10,
}
# Tokens that may be renewed.
_ENDED = frozenset({"token_expired", "token_revoked"})


class AsyncClinic(AsyncMethods):
    """A connection to clinicd that comes back by itself.

    A call whose answer was lost is repeated for `patience` seconds, if that is safe: when it only
    reads, or under its idempotency key, which is made when none is given. A login is kept over lost
    connections, and its tokens are renewed. When it is over, because a renewal is refused or
    another login fails, calls raise `NotAuthenticated` until a login succeeds or `auth.logout` is
    called: none is made as somebody else.

    An answer, and a connection, may take `timeout` seconds. Methods that the daemon gives more than
    10 s, such as `system.reconcile`, have as much more here.
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
        self._login_is_over: NotAuthenticated | None = None
        self._followers: set[QueueFollower] = set()
        self._is_closed = False

    async def __aenter__(self) -> AsyncClinic:
        await self._connected(needs_login=False)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection and what follows the queue on it; calls then raise `ClientClosed`."""
        self._is_closed = True
        for follower in list(self._followers):
            follower.end()
        await self._disconnect()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    # Who calls

    async def login(self, username: str, password: str) -> Credentials:
        """Logs in by password. The tokens are kept and renewed.

        When it fails nobody is logged in, not even who was before.
        """
        return await self.auth.login(username=username, password=password)

    async def use_tokens(self, access_token: str | None, refresh_token: str | None = None) -> None:
        """Goes on with tokens that were obtained before; None forgets those that are kept.
        Raises `NotAuthenticated`.

        When it fails nobody is logged in, not even who was before.
        """
        if access_token is None and refresh_token is None:
            self._keep(None, None)
            await self._disconnect()
            return
        try:
            async with self._connecting:
                connection = await self._ready(needs_login=False)
                self._keep(None, None)
                try:
                    await self._authenticate(connection, access_token, refresh_token)
                except (ConnectionLost, NotNow):
                    # Renewed tokens are good all the same: the next connection begins with them.
                    if self._access_token is None:
                        raise
                    await connection.close()
        except BaseException as error:
            await self._leave(error)
            raise

    def _keep(self, access_token: str | None, refresh_token: str | None) -> None:
        self._access_token = access_token
        self._refresh_token = refresh_token
        self._login_is_over = None

    def _end_login(self, error: NotAuthenticated) -> None:
        self._keep(None, None)
        self._login_is_over = error

    async def _leave(self, error: BaseException) -> None:
        """After a login that failed. A new connection is bound to nobody."""
        if isinstance(error, NotAuthenticated):
            self._end_login(error)
        else:
            reason = {"reason": "not_authenticated"}
            self._end_login(NotAuthenticated(-32001, "the last login failed", reason))
        await self._disconnect()

    @property
    def refresh_token(self) -> str | None:
        """The last one, to be kept by a device. Each works once."""
        return self._refresh_token

    # Calls

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """Calls a method by its name.

        Raises `CallFailed`, `ConnectionLost`, `InvalidParams` or `ClientClosed`.
        """
        values = {k: v for k, v in (params or {}).items() if not isinstance(v, Unset)}
        if method in KEYED and values.get("idempotency_key") is None:
            values["idempotency_key"] = str(uuid.uuid4())
        text = encoded(values)
        encoded(method)
        try:
            reply, _ = await self._call(method, text, values)
            return reply
        except BaseException as error:
            if method in ("auth.login", "auth.authenticate"):
                await self._leave(error)
            raise

    async def _call(
        self, method: str, text: str, values: Mapping[str, Any]
    ) -> tuple[Any, Connection]:
        """The result, and the connection on which it came."""
        timeout = self._timeout + _LONGER.get(method, 0)
        may_repeat = method not in _NOT_REPEATED
        needs_login = method not in _WITHOUT_LOGIN
        until = time.monotonic() + self._patience
        renewed = False
        delay = 0.05
        while True:
            used: str | None = None
            try:
                if method in _BINDING:
                    async with self._connecting:
                        connection = await self._ready(needs_login)
                        used = connection.access_token
                        return await self._bind(connection, method, text, values), connection
                connection = await self._connected(needs_login)
                used = connection.access_token
                return await connection.call(method, text, timeout), connection
            except NotAuthenticated as error:
                if method == "auth.logout" and needs_login:
                    # It was over already.
                    needs_login = False
                    continue
                if not needs_login or used is None or renewed or error.reason not in _ENDED:
                    raise
                if used == self._access_token:
                    if self._refresh_token is None:
                        self._end_login(error)
                        raise
                    self._access_token = None
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

    async def _bind(
        self, connection: Connection, method: str, text: str, values: Mapping[str, Any]
    ) -> Any:
        """Calls what may bind the connection, and keeps the tokens that it gives."""
        try:
            reply = await connection.call(method, text, self._timeout)
        except (asyncio.CancelledError, ConnectionLost):
            # Nobody knows whose it is now.
            await connection.close()
            raise
        if method == "auth.logout":
            self._keep(None, None)
            connection.access_token = None
        elif method == "auth.authenticate":
            token = values["access_token"]
            if token != self._access_token:
                self._keep(token, None)
            connection.access_token = token
        elif method == "auth.refresh":
            # It binds nobody; the next call presents the new token.
            if values["refresh_token"] == self._refresh_token:
                self._keep(reply["access_token"], reply["refresh_token"])
        elif reply.get("access_token") is not None:
            self._keep(reply["access_token"], reply["refresh_token"])
            connection.access_token = reply["access_token"]
        return reply

    async def _connected(self, needs_login: bool) -> Connection:
        async with self._connecting:
            return await self._ready(needs_login)

    async def _ready(self, needs_login: bool) -> Connection:
        """A connection, bound by the tokens if that is needed. One at a time."""
        if self._is_closed:
            raise ClientClosed("the client is closed")
        if needs_login and (over := self._login_is_over) is not None:
            raise NotAuthenticated(over.code, over.message, over.data)
        connection = self._connection
        if connection is None or not connection.is_open:
            transport = await connect(self._address, self._tls, self._timeout)
            if self._is_closed:
                await transport.close()
                raise ClientClosed("the client is closed")
            connection = self._connection = Connection(transport, self._notified)
        access, refresh = self._access_token, self._refresh_token
        is_bound = access is not None and connection.access_token == access
        if needs_login and not is_bound and (access is not None or refresh is not None):
            try:
                await self._authenticate(connection, access, refresh)
            except BaseException as error:
                if isinstance(error, NotAuthenticated):
                    self._end_login(error)
                await connection.close()
                raise
        return connection

    async def _authenticate(
        self, connection: Connection, access_token: str | None, refresh_token: str | None
    ) -> None:
        """Binds the connection by the tokens, which are renewed if need be, and keeps them."""
        if access_token is not None:
            try:
                await self._present(connection, access_token)
            except NotAuthenticated:
                if refresh_token is None:
                    raise
            else:
                self._keep(access_token, refresh_token)
                return
        token = encoded({"refresh_token": refresh_token})
        fresh = await connection.call("auth.refresh", token, self._timeout)
        # At once: the old one works no more.
        self._keep(fresh["access_token"], fresh["refresh_token"])
        await self._present(connection, fresh["access_token"])

    async def _present(self, connection: Connection, access_token: str) -> None:
        token = encoded({"access_token": access_token})
        await connection.call("auth.authenticate", token, self._timeout)
        connection.access_token = access_token

    # The queue as it changes

    async def follow_queue(
        self, *, date: str | Unset = UNSET, doctor_id: int | Unset = UNSET
    ) -> AsyncIterator[QueueChange]:
        """Every version of the queue, in order, without a gap: first a snapshot, then what changes.

        It goes on after a lost connection, a restart of the daemon and the end of an access token.
        It ends when the client is closed, and raises `CallFailed` when the caller may not follow
        the queue any more.
        """
        wanted = {"date": date, "doctor_id": doctor_id}
        follower = QueueFollower({k: v for k, v in wanted.items() if not isinstance(v, Unset)})
        self._followers.add(follower)
        try:
            while not follower.is_over:
                params = follower.params
                try:
                    reply, connection = await self._call(
                        "queue.subscribe", encoded(params), params
                    )
                except (ConnectionLost, NotNow):
                    await asyncio.sleep(0.5)
                    continue
                except ClientClosed:
                    if follower.is_over:
                        return
                    raise
                connection.followers += 1
                try:
                    async for change in follower.changes(connection, reply):
                        yield change
                finally:
                    connection.followers -= 1
        finally:
            self._followers.discard(follower)
            await self._unsubscribe(follower)

    async def _unsubscribe(self, follower: QueueFollower) -> None:
        connection = follower.connection
        if follower.subscription is None or connection is None or not connection.is_open:
            return
        try:
            params = {"subscription": follower.subscription}
            await connection.call("queue.unsubscribe", encoded(params), min(self._timeout, 5))
        except ClinicdError:
            pass

    def _notified(self, connection: Connection, message: Mapping[str, Any]) -> None:
        for follower in list(self._followers):
            follower.take(connection, message)
