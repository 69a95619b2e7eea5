"""What can go wrong with a call."""

from __future__ import annotations

from typing import Any, Mapping


class ClinicdError(Exception):
    """Everything that calls raise."""


class ClientClosed(ClinicdError):
    """The client was closed, and makes no calls any more."""


class InvalidParams(ClinicdError, ValueError):
    """The params are no JSON (NaN, an object, half of a character, …). Nothing was sent."""


class InvalidAddress(ClinicdError, ValueError):
    """What was given as the daemon's address is none."""


class PackageMissing(ClinicdError, ImportError):
    """A WebSocket needs the package `websockets`."""


class ConnectionLost(ClinicdError):
    """The daemon cannot be reached, or the connection broke and the call may not be repeated."""


class CallFailed(ClinicdError):
    """The daemon's answer to a call is an error.

    `reason` is a stable word for programs, `data` has what else helps (`field`, `id`, …).
    """

    def __init__(self, code: int, message: str, data: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    @property
    def reason(self) -> str:
        return str(self.data.get("reason", ""))

    def __str__(self) -> str:
        field = self.data.get("field")
        return f"{self.message} ({self.reason}{f', {field}' if field else ''})"


class NotAuthenticated(CallFailed):
    """Nobody is logged in, or the login is over (-32001)."""


class NotNow(CallFailed):
    """A store is away, a deadline passed, the daemon is stopping (-32006). Safe to repeat."""


def failure(error: Mapping[str, Any]) -> CallFailed:
    """The exception of an error object."""
    code = int(error.get("code", 0))
    data = error.get("data")
    kind = {-32001: NotAuthenticated, -32006: NotNow}.get(code, CallFailed)
    return kind(code, str(error.get("message", "")), data if isinstance(data, dict) else {})
