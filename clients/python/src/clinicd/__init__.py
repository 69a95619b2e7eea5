"""Client of clinicd, the daemon that runs a clinic.

    from clinicd import Clinic

    with Clinic("unix:/run/clinicd/rpc.sock") as clinic:
        clinic.login("reception", password)
        token = clinic.queue.walk_in(patient_id=1)

`AsyncClinic` is the same for asyncio.
"""

from .aio import AsyncClinic
from .errors import (
    CallFailed,
    ClientClosed,
    ClinicdError,
    ConnectionLost,
    InvalidAddress,
    InvalidParams,
    NotAuthenticated,
    NotNow,
    PackageMissing,
)
from .follow import QueueChange
from .sync import Clinic
from .unset import UNSET

__all__ = [
    "AsyncClinic",
    "CallFailed",
    "ClientClosed",
    "Clinic",
    "ClinicdError",
    "ConnectionLost",
    "InvalidAddress",
    "InvalidParams",
    "NotAuthenticated",
    "NotNow",
    "PackageMissing",
    "QueueChange",
    "UNSET",
]
