"""The methods, typed. Made from clients/openrpc.json by `make generated`."""

from __future__ import annotations

from typing import Any, List, Literal, Mapping, Protocol, cast

from . import types
from .unset import UNSET, Unset

KEYED: frozenset[str] = frozenset(
    {
        "users.update",
        "users.reset_password",
        "devices.approve",
        "devices.revoke",
        "patients.create",
        "patients.update",
        "patients.delete",
        "patients.merge",
        "patients.unmerge",
        "slots.create_bulk",
        "slots.block",
        "slots.unblock",
        "appointments.create",
        "appointments.update",
        "appointments.cancel",
        "appointments.mark_no_show",
        "queue.walk_in",
        "queue.check_in",
        "queue.call_next",
        "queue.set_status",
        "queue.undo",
        "queue.recall",
        "queue.transfer",
        "queue.set_priority",
        "visits.create",
        "visits.update",
        "visits.complete",
        "visits.add_note",
        "prescriptions.create",
        "prescriptions.cancel",
        "inventory.add_medicine",
        "inventory.update_medicine",
        "inventory.add_batch",
        "inventory.update_batch",
        "inventory.hold_batch",
        "inventory.release_batch",
        "inventory.stocktake",
        "dispensing.create",
        "dispensing.return",
        "billing.create",
        "billing.update",
        "billing.issue",
        "billing.pay",
        "billing.cancel",
        "billing.refund",
        "reports.roll_up",
    }
)
"""Methods that take an idempotency key."""


class AsyncCaller(Protocol):
    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> Any: ...


class AsyncAuth:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def login(
        self,
        *,
        username: str,
        password: str,
    ) -> types.Credentials:
        """Logs in by password and binds this connection to the user."""
        params: dict[str, Any] = {
            "username": username,
            "password": password,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Credentials", await self._caller.call("auth.login", params))

    async def register(
        self,
        *,
        username: str,
        password: str,
        full_name: str,
        role: Literal["ADMIN", "DOCTOR", "PHARMACIST", "RECEPTION", "KIOSK", "DISPLAY"],
        email: str | None | Unset = UNSET,
        speciality: str | None | Unset = UNSET,
        room: str | None | Unset = UNSET,
    ) -> types.User:
        """Creates a user."""
        params: dict[str, Any] = {
            "username": username,
            "password": password,
            "full_name": full_name,
            "role": role,
            "email": email,
            "speciality": speciality,
            "room": room,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.User", await self._caller.call("auth.register", params))

    async def authenticate(
        self,
        *,
        access_token: str,
    ) -> types.AuthAuthenticateResult:
        """Binds this connection to the user of an access token."""
        params: dict[str, Any] = {
            "access_token": access_token,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AuthAuthenticateResult", await self._caller.call("auth.authenticate", params))

    async def refresh(
        self,
        *,
        refresh_token: str,
    ) -> types.Credentials:
        """Exchanges a refresh token for new tokens; each works once."""
        params: dict[str, Any] = {
            "refresh_token": refresh_token,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Credentials", await self._caller.call("auth.refresh", params))

    async def logout(
        self,
    ) -> types.AuthLogoutResult:
        """Ends this connection's login and all of its tokens."""
        return cast("types.AuthLogoutResult", await self._caller.call("auth.logout"))

    async def whoami(
        self,
    ) -> types.AuthWhoamiResult:
        """Tells who this connection is taken for."""
        return cast("types.AuthWhoamiResult", await self._caller.call("auth.whoami"))

    async def change_password(
        self,
        *,
        current_password: str,
        new_password: str,
    ) -> types.Credentials:
        """Changes the caller's own password and ends all other logins."""
        params: dict[str, Any] = {
            "current_password": current_password,
            "new_password": new_password,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Credentials", await self._caller.call("auth.change_password", params))


class AsyncUsers:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list(
        self,
        *,
        role: Literal["ADMIN", "DOCTOR", "PHARMACIST", "RECEPTION", "KIOSK", "DISPLAY"] | None | Unset = UNSET,
        enabled: bool | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.UsersListResult:
        """Lists users by id."""
        params: dict[str, Any] = {
            "role": role,
            "enabled": enabled,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.UsersListResult", await self._caller.call("users.list", params))

    async def get(
        self,
        *,
        id: int,
    ) -> types.User:
        """Gives one user."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.User", await self._caller.call("users.get", params))

    async def update(
        self,
        *,
        id: int,
        full_name: str | None | Unset = UNSET,
        email: str | None | Unset = UNSET,
        role: Literal["ADMIN", "DOCTOR", "PHARMACIST", "RECEPTION", "KIOSK", "DISPLAY"] | None | Unset = UNSET,
        enabled: bool | None | Unset = UNSET,
        speciality: str | None | Unset = UNSET,
        room: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.User:
        """Changes a user; another role or being disabled acts at once."""
        params: dict[str, Any] = {
            "id": id,
            "full_name": full_name,
            "email": email,
            "role": role,
            "enabled": enabled,
            "speciality": speciality,
            "room": room,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.User", await self._caller.call("users.update", params))

    async def reset_password(
        self,
        *,
        id: int,
        new_password: str,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.AuthLogoutResult:
        """Sets a user's password and ends all of the user's logins."""
        params: dict[str, Any] = {
            "id": id,
            "new_password": new_password,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AuthLogoutResult", await self._caller.call("users.reset_password", params))


class AsyncDoctors:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list(
        self,
        *,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.DoctorsListResult:
        """Lists the active doctors: name, speciality, room, serving now."""
        params: dict[str, Any] = {
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DoctorsListResult", await self._caller.call("doctors.list", params))


class AsyncDevices:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def request_pairing(
        self,
        *,
        role: Literal["KIOSK", "DISPLAY"],
        name: str | None | Unset = UNSET,
    ) -> types.DevicesRequestPairingResult:
        """Gives a new kiosk or board a code to show and a secret to keep."""
        params: dict[str, Any] = {
            "role": role,
            "name": name,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DevicesRequestPairingResult", await self._caller.call("devices.request_pairing", params))

    async def claim(
        self,
        *,
        secret: str,
    ) -> types.DevicesClaimResult:
        """Gives a device whose code was approved the tokens of its role."""
        params: dict[str, Any] = {
            "secret": secret,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DevicesClaimResult", await self._caller.call("devices.claim", params))

    async def approve(
        self,
        *,
        code: str,
        name: str | None | Unset = UNSET,
        room: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.DevicesApproveResult:
        """Approves the kiosk or board that shows this code."""
        params: dict[str, Any] = {
            "code": code,
            "name": name,
            "room": room,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DevicesApproveResult", await self._caller.call("devices.approve", params))

    async def revoke(
        self,
        *,
        id: int,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.DevicesApproveResult:
        """Ends a device's tokens, connections and subscriptions at once."""
        params: dict[str, Any] = {
            "id": id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DevicesApproveResult", await self._caller.call("devices.revoke", params))

    async def list(
        self,
        *,
        status: Literal["PENDING", "APPROVED", "CLAIMED", "REVOKED"] | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.DevicesListResult:
        """Lists paired devices and those that wait, the newest first."""
        params: dict[str, Any] = {
            "status": status,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DevicesListResult", await self._caller.call("devices.list", params))


class AsyncKiosk:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def identify(
        self,
        *,
        phone: str,
        date_of_birth: str,
    ) -> types.KioskIdentifyResult:
        """Finds a visitor by phone and birth date, and today's appointments."""
        params: dict[str, Any] = {
            "phone": phone,
            "date_of_birth": date_of_birth,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.KioskIdentifyResult", await self._caller.call("kiosk.identify", params))


class AsyncPatients:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list(
        self,
        *,
        search: str | None | Unset = UNSET,
        include_archived: bool | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.PatientsListResult:
        """Lists patients, searched by part of a name, a phone or an id."""
        params: dict[str, Any] = {
            "search": search,
            "include_archived": include_archived,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PatientsListResult", await self._caller.call("patients.list", params))

    async def create(
        self,
        *,
        name: str,
        phone: str | None | Unset = UNSET,
        date_of_birth: str | None | Unset = UNSET,
        estimated_age: int | None | Unset = UNSET,
        sex: Literal["FEMALE", "MALE", "OTHER", "UNKNOWN"] | None | Unset = UNSET,
        email: str | None | Unset = UNSET,
        address: str | None | Unset = UNSET,
        allergies: List[str] | None | Unset = UNSET,
        chronic_conditions: List[str] | None | Unset = UNSET,
        medical_history: str | None | Unset = UNSET,
        emergency_contact: types.PatientsCreateEmergencyContact | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.PatientsCreateResult:
        """Registers a patient and names possible duplicates."""
        params: dict[str, Any] = {
            "name": name,
            "phone": phone,
            "date_of_birth": date_of_birth,
            "estimated_age": estimated_age,
            "sex": sex,
            "email": email,
            "address": address,
            "allergies": allergies,
            "chronic_conditions": chronic_conditions,
            "medical_history": medical_history,
            "emergency_contact": emergency_contact,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PatientsCreateResult", await self._caller.call("patients.create", params))

    async def get(
        self,
        *,
        id: int,
    ) -> types.Patient:
        """Gives one patient."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Patient", await self._caller.call("patients.get", params))

    async def update(
        self,
        *,
        id: int,
        name: str | None | Unset = UNSET,
        phone: str | None | Unset = UNSET,
        date_of_birth: str | None | Unset = UNSET,
        estimated_age: int | None | Unset = UNSET,
        sex: Literal["FEMALE", "MALE", "OTHER", "UNKNOWN"] | None | Unset = UNSET,
        email: str | None | Unset = UNSET,
        address: str | None | Unset = UNSET,
        allergies: List[str] | None | Unset = UNSET,
        chronic_conditions: List[str] | None | Unset = UNSET,
        medical_history: str | None | Unset = UNSET,
        emergency_contact: types.PatientsCreateEmergencyContact | None | Unset = UNSET,
        verified: bool | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Patient:
        """Changes a patient: what is left out stays, null clears."""
        params: dict[str, Any] = {
            "id": id,
            "name": name,
            "phone": phone,
            "date_of_birth": date_of_birth,
            "estimated_age": estimated_age,
            "sex": sex,
            "email": email,
            "address": address,
            "allergies": allergies,
            "chronic_conditions": chronic_conditions,
            "medical_history": medical_history,
            "emergency_contact": emergency_contact,
            "verified": verified,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Patient", await self._caller.call("patients.update", params))

    async def delete(
        self,
        *,
        id: int,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Patient:
        """Archives a patient for whom nothing is under way."""
        params: dict[str, Any] = {
            "id": id,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Patient", await self._caller.call("patients.delete", params))

    async def history(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        id: int | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.PatientsHistoryResult:
        """Lists a patient's visits with notes and prescriptions, newest first."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "id": id,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PatientsHistoryResult", await self._caller.call("patients.history", params))

    async def merge(
        self,
        *,
        id: int,
        into: int,
        reason: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Patient:
        """Merges a patient into another one, who gets all that is there."""
        params: dict[str, Any] = {
            "id": id,
            "into": into,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Patient", await self._caller.call("patients.merge", params))

    async def unmerge(
        self,
        *,
        id: int,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Patient:
        """Undoes the merge of a patient, who gets the rows back."""
        params: dict[str, Any] = {
            "id": id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Patient", await self._caller.call("patients.unmerge", params))


class AsyncSlots:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def create_bulk(
        self,
        *,
        doctor_id: int,
        from_: str,
        to: str,
        start: str,
        end: str,
        minutes: int,
        weekdays: List[Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]] | None | Unset = UNSET,
        breaks: List[types.SlotsCreateBulkBreaksItem] | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.SlotsCreateBulkResult:
        """Makes a doctor's slots over a range of dates; tells which it left out and why."""
        params: dict[str, Any] = {
            "doctor_id": doctor_id,
            "from": from_,
            "to": to,
            "start": start,
            "end": end,
            "minutes": minutes,
            "weekdays": weekdays,
            "breaks": breaks,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SlotsCreateBulkResult", await self._caller.call("slots.create_bulk", params))

    async def block(
        self,
        *,
        id: int,
        reason: str | None | Unset = UNSET,
        cancel_appointments: bool | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.SlotsBlockResult:
        """Blocks a slot; a booked one is refused, or its appointment cancelled if the call says so."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "cancel_appointments": cancel_appointments,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SlotsBlockResult", await self._caller.call("slots.block", params))

    async def unblock(
        self,
        *,
        id: int,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.SlotsUnblockResult:
        """Lets a blocked slot be booked again."""
        params: dict[str, Any] = {
            "id": id,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SlotsUnblockResult", await self._caller.call("slots.unblock", params))

    async def list(
        self,
        *,
        doctor_id: int | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        available: bool | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.SlotsListResult:
        """Lists slots by doctor, dates and whether they can be booked."""
        params: dict[str, Any] = {
            "doctor_id": doctor_id,
            "from": from_,
            "to": to,
            "available": available,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SlotsListResult", await self._caller.call("slots.list", params))


class AsyncAppointments:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def create(
        self,
        *,
        patient_id: int,
        slot_id: int,
        reason: str | None | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        override: bool | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.AppointmentsCreateResult:
        """Books a slot for a patient."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "slot_id": slot_id,
            "reason": reason,
            "notes": notes,
            "override": override,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AppointmentsCreateResult", await self._caller.call("appointments.create", params))

    async def get(
        self,
        *,
        id: int,
    ) -> types.Appointment:
        """Gives one appointment with its history."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Appointment", await self._caller.call("appointments.get", params))

    async def list(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        date: str | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        status: Literal["SCHEDULED", "CHECKED_IN", "WITH_DOCTOR", "COMPLETED", "CANCELLED", "NO_SHOW"] | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.AppointmentsListResult:
        """Lists appointments by patient, doctor, dates and status."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "doctor_id": doctor_id,
            "date": date,
            "from": from_,
            "to": to,
            "status": status,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AppointmentsListResult", await self._caller.call("appointments.list", params))

    async def update(
        self,
        *,
        id: int,
        slot_id: int | None | Unset = UNSET,
        reason: str | None | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        status: Literal["SCHEDULED", "CHECKED_IN", "WITH_DOCTOR", "COMPLETED", "CANCELLED", "NO_SHOW"] | None | Unset = UNSET,
        override: bool | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.AppointmentsCreateResult:
        """Changes an appointment, or moves it to another slot."""
        params: dict[str, Any] = {
            "id": id,
            "slot_id": slot_id,
            "reason": reason,
            "notes": notes,
            "status": status,
            "override": override,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AppointmentsCreateResult", await self._caller.call("appointments.update", params))

    async def cancel(
        self,
        *,
        id: int,
        reason: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.AppointmentsCreateResult:
        """Cancels an appointment and frees its slot."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AppointmentsCreateResult", await self._caller.call("appointments.cancel", params))

    async def mark_no_show(
        self,
        *,
        id: int,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.AppointmentsCreateResult:
        """Notes that a patient did not come, after the grace period."""
        params: dict[str, Any] = {
            "id": id,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AppointmentsCreateResult", await self._caller.call("appointments.mark_no_show", params))


class AsyncQueue:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def walk_in(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        priority: Literal["ROUTINE", "URGENT", "EMERGENCY"] | None | Unset = UNSET,
        visitor: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Puts a patient without an appointment into today's queue."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "doctor_id": doctor_id,
            "priority": priority,
            "visitor": visitor,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", await self._caller.call("queue.walk_in", params))

    async def check_in(
        self,
        *,
        appointment_id: int | None | Unset = UNSET,
        visitor: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Puts a patient who came for an appointment into today's queue."""
        params: dict[str, Any] = {
            "appointment_id": appointment_id,
            "visitor": visitor,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", await self._caller.call("queue.check_in", params))

    async def today(
        self,
        *,
        date: str | None | Unset = UNSET,
    ) -> types.QueueTodayResult | types.QueueTodayResult2:
        """Gives the queue of today or of another day."""
        params: dict[str, Any] = {
            "date": date,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueTodayResult | types.QueueTodayResult2", await self._caller.call("queue.today", params))

    async def call_next(
        self,
        *,
        doctor_id: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Calls the next waiting patient for a doctor."""
        params: dict[str, Any] = {
            "doctor_id": doctor_id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", await self._caller.call("queue.call_next", params))

    async def set_status(
        self,
        *,
        token: str,
        status: Literal["WAITING", "WITH_DOCTOR", "SKIPPED", "COMPLETED", "CANCELLED", "NO_SHOW"],
        doctor_id: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Moves a token to another status."""
        params: dict[str, Any] = {
            "token": token,
            "status": status,
            "doctor_id": doctor_id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", await self._caller.call("queue.set_status", params))

    async def undo(
        self,
        *,
        token: str,
        reason: str,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Brings a token back from a final state."""
        params: dict[str, Any] = {
            "token": token,
            "reason": reason,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", await self._caller.call("queue.undo", params))

    async def recall(
        self,
        *,
        token: str,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Brings a skipped token back to the line."""
        params: dict[str, Any] = {
            "token": token,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", await self._caller.call("queue.recall", params))

    async def transfer(
        self,
        *,
        token: str,
        doctor_id: int,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Hands a token to another doctor; it waits there by its arrival."""
        params: dict[str, Any] = {
            "token": token,
            "doctor_id": doctor_id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", await self._caller.call("queue.transfer", params))

    async def set_priority(
        self,
        *,
        token: str,
        priority: Literal["ROUTINE", "URGENT", "EMERGENCY"],
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Changes the priority of a live token."""
        params: dict[str, Any] = {
            "token": token,
            "priority": priority,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", await self._caller.call("queue.set_priority", params))

    async def summary(
        self,
        *,
        date: str | None | Unset = UNSET,
    ) -> types.QueueSummaryResult:
        """Counts a day's tokens and tells waits and consultations."""
        params: dict[str, Any] = {
            "date": date,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueSummaryResult", await self._caller.call("queue.summary", params))

    async def subscribe(
        self,
        *,
        date: str | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        since: types.QueueSubscribeSince | None | Unset = UNSET,
        overflow: Literal["coalesce", "close"] | None | Unset = UNSET,
    ) -> types.QueueSubscribeResult:
        """Follows the queue of today or of another day."""
        params: dict[str, Any] = {
            "date": date,
            "doctor_id": doctor_id,
            "since": since,
            "overflow": overflow,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueSubscribeResult", await self._caller.call("queue.subscribe", params))

    async def unsubscribe(
        self,
        *,
        subscription: str,
    ) -> types.AuthLogoutResult:
        """Ends a subscription of this connection."""
        params: dict[str, Any] = {
            "subscription": subscription,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AuthLogoutResult", await self._caller.call("queue.unsubscribe", params))


class AsyncVisits:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def create(
        self,
        *,
        token: str | None | Unset = UNSET,
        appointment_id: int | None | Unset = UNSET,
        patient_id: int | None | Unset = UNSET,
        chief_complaint: str | None | Unset = UNSET,
        vitals: types.VisitsCreateVitals | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.VisitsCreateResult:
        """Opens a visit from a token, an appointment or a patient."""
        params: dict[str, Any] = {
            "token": token,
            "appointment_id": appointment_id,
            "patient_id": patient_id,
            "chief_complaint": chief_complaint,
            "vitals": vitals,
            "doctor_id": doctor_id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsCreateResult", await self._caller.call("visits.create", params))

    async def get(
        self,
        *,
        id: int,
    ) -> types.Visit:
        """Gives one visit with its notes and prescriptions."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Visit", await self._caller.call("visits.get", params))

    async def list(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        date: str | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        status: Literal["OPEN", "COMPLETED"] | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.VisitsListResult:
        """Lists visits by patient, doctor, day and status, the newest first."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "doctor_id": doctor_id,
            "date": date,
            "from": from_,
            "to": to,
            "status": status,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsListResult", await self._caller.call("visits.list", params))

    async def update(
        self,
        *,
        id: int,
        vitals: types.VisitsCreateVitals | None | Unset = UNSET,
        chief_complaint: str | None | Unset = UNSET,
        diagnosis: str | None | Unset = UNSET,
        diagnosis_codes: List[str] | None | Unset = UNSET,
        treatment_plan: str | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.VisitsCreateResult:
        """Changes an open visit: what is left out stays, null clears."""
        params: dict[str, Any] = {
            "id": id,
            "vitals": vitals,
            "chief_complaint": chief_complaint,
            "diagnosis": diagnosis,
            "diagnosis_codes": diagnosis_codes,
            "treatment_plan": treatment_plan,
            "doctor_id": doctor_id,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsCreateResult", await self._caller.call("visits.update", params))

    async def complete(
        self,
        *,
        id: int,
        vitals: types.VisitsCreateVitals | None | Unset = UNSET,
        chief_complaint: str | None | Unset = UNSET,
        diagnosis: str | None | Unset = UNSET,
        diagnosis_codes: List[str] | None | Unset = UNSET,
        treatment_plan: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.VisitsCreateResult:
        """Signs and locks a visit; completes its token and appointment."""
        params: dict[str, Any] = {
            "id": id,
            "vitals": vitals,
            "chief_complaint": chief_complaint,
            "diagnosis": diagnosis,
            "diagnosis_codes": diagnosis_codes,
            "treatment_plan": treatment_plan,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsCreateResult", await self._caller.call("visits.complete", params))

    async def add_note(
        self,
        *,
        visit_id: int,
        category: Literal["SYMPTOM", "OBSERVATION", "DIAGNOSIS", "TREATMENT"],
        text: str,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.VisitsAddNoteResult:
        """Adds a note to a visit; after its completion an addendum."""
        params: dict[str, Any] = {
            "visit_id": visit_id,
            "category": category,
            "text": text,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsAddNoteResult", await self._caller.call("visits.add_note", params))

    async def list_notes(
        self,
        *,
        visit_id: int,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.VisitsListNotesResult:
        """Lists the notes of a visit, the oldest first."""
        params: dict[str, Any] = {
            "visit_id": visit_id,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsListNotesResult", await self._caller.call("visits.list_notes", params))


class AsyncPrescriptions:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def create(
        self,
        *,
        visit_id: int,
        items: List[types.PrescriptionsCreateItemsItem],
        notes: str | None | Unset = UNSET,
        override_reason: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Prescription:
        """Prescribes medicines at a visit; an allergy needs a reason."""
        params: dict[str, Any] = {
            "visit_id": visit_id,
            "items": items,
            "notes": notes,
            "override_reason": override_reason,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Prescription", await self._caller.call("prescriptions.create", params))

    async def get(
        self,
        *,
        id: int,
    ) -> types.Prescription:
        """Gives one prescription with its items."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Prescription", await self._caller.call("prescriptions.get", params))

    async def list(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        visit_id: int | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        status: Literal["ACTIVE", "CANCELLED"] | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.PrescriptionsListResult:
        """Lists prescriptions, the newest first."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "visit_id": visit_id,
            "doctor_id": doctor_id,
            "status": status,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PrescriptionsListResult", await self._caller.call("prescriptions.list", params))

    async def cancel(
        self,
        *,
        id: int,
        reason: str,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Prescription:
        """Cancels a prescription of which nothing is dispensed."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Prescription", await self._caller.call("prescriptions.cancel", params))

    async def print(
        self,
        *,
        id: int,
        format: Literal["text", "receipt", "html", "pdf"] | None | Unset = UNSET,
    ) -> types.PrescriptionsPrintResult:
        """Renders a prescription as text, receipt, HTML or PDF."""
        params: dict[str, Any] = {
            "id": id,
            "format": format,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PrescriptionsPrintResult", await self._caller.call("prescriptions.print", params))


class AsyncInventory:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_medicines(
        self,
        *,
        search: str | None | Unset = UNSET,
        active: bool | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.InventoryListMedicinesResult:
        """Lists medicines with their usable stock, searched by words."""
        params: dict[str, Any] = {
            "search": search,
            "active": active,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryListMedicinesResult", await self._caller.call("inventory.list_medicines", params))

    async def add_medicine(
        self,
        *,
        name: str,
        unit_price: str | float,
        generic_name: str | None | Unset = UNSET,
        drug_class: str | None | Unset = UNSET,
        manufacturer: str | None | Unset = UNSET,
        form: str | None | Unset = UNSET,
        strength: str | None | Unset = UNSET,
        reorder_level: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddMedicineResult:
        """Adds a medicine, with nothing of it in stock yet."""
        params: dict[str, Any] = {
            "name": name,
            "unit_price": unit_price,
            "generic_name": generic_name,
            "drug_class": drug_class,
            "manufacturer": manufacturer,
            "form": form,
            "strength": strength,
            "reorder_level": reorder_level,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddMedicineResult", await self._caller.call("inventory.add_medicine", params))

    async def get_medicine(
        self,
        *,
        id: int,
    ) -> types.InventoryGetMedicineResult:
        """Gives one medicine with its usable stock and its batches."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryGetMedicineResult", await self._caller.call("inventory.get_medicine", params))

    async def update_medicine(
        self,
        *,
        id: int,
        name: str | None | Unset = UNSET,
        unit_price: str | float | None | Unset = UNSET,
        generic_name: str | None | Unset = UNSET,
        drug_class: str | None | Unset = UNSET,
        manufacturer: str | None | Unset = UNSET,
        form: str | None | Unset = UNSET,
        strength: str | None | Unset = UNSET,
        reorder_level: int | None | Unset = UNSET,
        is_active: bool | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddMedicineResult:
        """Changes a medicine: what is left out stays, null clears."""
        params: dict[str, Any] = {
            "id": id,
            "name": name,
            "unit_price": unit_price,
            "generic_name": generic_name,
            "drug_class": drug_class,
            "manufacturer": manufacturer,
            "form": form,
            "strength": strength,
            "reorder_level": reorder_level,
            "is_active": is_active,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddMedicineResult", await self._caller.call("inventory.update_medicine", params))

    async def low_stock(
        self,
        *,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.InventoryListMedicinesResult:
        """Lists active medicines with usable stock at the reorder level or below."""
        params: dict[str, Any] = {
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryListMedicinesResult", await self._caller.call("inventory.low_stock", params))

    async def expiring(
        self,
        *,
        days: int | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.InventoryExpiringResult:
        """Lists batches in stock that expire within some days or have expired."""
        params: dict[str, Any] = {
            "days": days,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryExpiringResult", await self._caller.call("inventory.expiring", params))

    async def list_batches(
        self,
        *,
        medicine_id: int | None | Unset = UNSET,
        include_empty: bool | None | Unset = UNSET,
        expired: bool | None | Unset = UNSET,
        held: bool | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.InventoryExpiringResult:
        """Lists batches; empty ones if asked for."""
        params: dict[str, Any] = {
            "medicine_id": medicine_id,
            "include_empty": include_empty,
            "expired": expired,
            "held": held,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryExpiringResult", await self._caller.call("inventory.list_batches", params))

    async def add_batch(
        self,
        *,
        medicine_id: int,
        batch_number: str,
        quantity: int,
        expiry_date: str,
        cost_price: str | float | None | Unset = UNSET,
        supplier: str | None | Unset = UNSET,
        reason: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddBatchResult:
        """Receives a batch of a medicine."""
        params: dict[str, Any] = {
            "medicine_id": medicine_id,
            "batch_number": batch_number,
            "quantity": quantity,
            "expiry_date": expiry_date,
            "cost_price": cost_price,
            "supplier": supplier,
            "reason": reason,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddBatchResult", await self._caller.call("inventory.add_batch", params))

    async def update_batch(
        self,
        *,
        id: int,
        quantity: int | None | Unset = UNSET,
        adjustment: int | None | Unset = UNSET,
        reason: str | None | Unset = UNSET,
        expiry_date: str | None | Unset = UNSET,
        cost_price: str | float | None | Unset = UNSET,
        supplier: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddBatchResult:
        """Corrects a batch: the quantity, or an adjustment of it, with a reason; other fields."""
        params: dict[str, Any] = {
            "id": id,
            "quantity": quantity,
            "adjustment": adjustment,
            "reason": reason,
            "expiry_date": expiry_date,
            "cost_price": cost_price,
            "supplier": supplier,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddBatchResult", await self._caller.call("inventory.update_batch", params))

    async def hold_batch(
        self,
        *,
        id: int,
        reason: str,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddBatchResult:
        """Holds a batch back: nothing is dispensed of it."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddBatchResult", await self._caller.call("inventory.hold_batch", params))

    async def release_batch(
        self,
        *,
        id: int,
        reason: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddBatchResult:
        """Releases a held batch."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddBatchResult", await self._caller.call("inventory.release_batch", params))

    async def stocktake(
        self,
        *,
        counts: List[types.InventoryStocktakeCountsItem],
        reason: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryStocktakeResult:
        """Sets what was counted of batches: all of it or nothing."""
        params: dict[str, Any] = {
            "counts": counts,
            "reason": reason,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryStocktakeResult", await self._caller.call("inventory.stocktake", params))


class AsyncDispensing:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def create(
        self,
        *,
        prescription_id: int,
        items: List[types.DispensingCreateItemsItem] | None | Unset = UNSET,
        override_reason: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.DispensingCreateResult:
        """Dispenses a prescription, all that is left or some of it, first expired, first out."""
        params: dict[str, Any] = {
            "prescription_id": prescription_id,
            "items": items,
            "override_reason": override_reason,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DispensingCreateResult", await self._caller.call("dispensing.create", params))

    async def get(
        self,
        *,
        id: int,
    ) -> types.Dispensing:
        """Gives one dispensing with its items."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Dispensing", await self._caller.call("dispensing.get", params))

    async def list(
        self,
        *,
        prescription_id: int | None | Unset = UNSET,
        patient_id: int | None | Unset = UNSET,
        date: str | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.DispensingListResult:
        """Lists dispensings with their items, the newest first."""
        params: dict[str, Any] = {
            "prescription_id": prescription_id,
            "patient_id": patient_id,
            "date": date,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DispensingListResult", await self._caller.call("dispensing.list", params))

    async def return_(
        self,
        *,
        id: int,
        items: List[types.DispensingReturnItemsItem],
        reason: str,
        restock: bool | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.DispensingReturnResult:
        """Takes back what was dispensed, and says what refund is due."""
        params: dict[str, Any] = {
            "id": id,
            "items": items,
            "reason": reason,
            "restock": restock,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DispensingReturnResult", await self._caller.call("dispensing.return", params))


class AsyncBilling:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def create(
        self,
        *,
        mode: Literal["AUTO", "MANUAL"],
        prescription_id: int | None | Unset = UNSET,
        patient_id: int | None | Unset = UNSET,
        visit_id: int | None | Unset = UNSET,
        items: List[types.BillingCreateItemsItem] | None | Unset = UNSET,
        discount_percent: str | float | None | Unset = UNSET,
        discount_amount: str | float | None | Unset = UNSET,
        tax_percent: str | float | None | Unset = UNSET,
        status: Literal["DRAFT", "PENDING"] | None | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Invoice:
        """Writes an invoice, of a prescription or of the lines given."""
        params: dict[str, Any] = {
            "mode": mode,
            "prescription_id": prescription_id,
            "patient_id": patient_id,
            "visit_id": visit_id,
            "items": items,
            "discount_percent": discount_percent,
            "discount_amount": discount_amount,
            "tax_percent": tax_percent,
            "status": status,
            "notes": notes,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", await self._caller.call("billing.create", params))

    async def get(
        self,
        *,
        id: int,
    ) -> types.Invoice:
        """Gives one invoice with its lines, payments and refunds."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", await self._caller.call("billing.get", params))

    async def list(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        prescription_id: int | None | Unset = UNSET,
        status: Literal["DRAFT", "PENDING", "PAID", "CANCELLED"] | None | Unset = UNSET,
        date: str | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.BillingListResult:
        """Lists invoices, the newest first."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "prescription_id": prescription_id,
            "status": status,
            "date": date,
            "from": from_,
            "to": to,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.BillingListResult", await self._caller.call("billing.list", params))

    async def update(
        self,
        *,
        id: int,
        items: List[types.BillingCreateItemsItem] | None | Unset = UNSET,
        discount_percent: str | float | None | Unset = UNSET,
        discount_amount: str | float | None | Unset = UNSET,
        tax_percent: str | float | None | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Invoice:
        """Changes a draft: what is left out stays, null clears."""
        params: dict[str, Any] = {
            "id": id,
            "items": items,
            "discount_percent": discount_percent,
            "discount_amount": discount_amount,
            "tax_percent": tax_percent,
            "notes": notes,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", await self._caller.call("billing.update", params))

    async def issue(
        self,
        *,
        id: int,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Invoice:
        """Issues a draft: it gets its number and can be paid."""
        params: dict[str, Any] = {
            "id": id,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", await self._caller.call("billing.issue", params))

    async def pay(
        self,
        *,
        id: int,
        payment_method: Literal["CASH", "CARD", "UPI"] | None | Unset = UNSET,
        amount: str | float | None | Unset = UNSET,
        tendered: str | float | None | Unset = UNSET,
        reference: str | None | Unset = UNSET,
        payments: List[types.BillingPayPaymentsItem] | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.BillingPayResult:
        """Takes a payment: partial, by several methods, with change for cash."""
        params: dict[str, Any] = {
            "id": id,
            "payment_method": payment_method,
            "amount": amount,
            "tendered": tendered,
            "reference": reference,
            "payments": payments,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.BillingPayResult", await self._caller.call("billing.pay", params))

    async def cancel(
        self,
        *,
        id: int,
        reason: str,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Invoice:
        """Cancels an invoice of which nothing is paid, or all was refunded."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", await self._caller.call("billing.cancel", params))

    async def refund(
        self,
        *,
        id: int,
        payment_method: Literal["CASH", "CARD", "UPI"],
        reason: str,
        amount: str | float | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Invoice:
        """Gives back some or all of what was paid."""
        params: dict[str, Any] = {
            "id": id,
            "payment_method": payment_method,
            "reason": reason,
            "amount": amount,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", await self._caller.call("billing.refund", params))

    async def receipt(
        self,
        *,
        id: int,
        format: Literal["text", "receipt", "html", "pdf"] | None | Unset = UNSET,
    ) -> types.PrescriptionsPrintResult:
        """Renders an invoice as text, receipt, HTML or PDF."""
        params: dict[str, Any] = {
            "id": id,
            "format": format,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PrescriptionsPrintResult", await self._caller.call("billing.receipt", params))


class AsyncReports:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def audit_logs(
        self,
        *,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        user_id: int | None | Unset = UNSET,
        resource_type: str | None | Unset = UNSET,
        resource_id: str | None | Unset = UNSET,
        action: str | None | Unset = UNSET,
        outcome: str | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.ReportsAuditLogsResult:
        """Lists audit entries, the newest first."""
        params: dict[str, Any] = {
            "from": from_,
            "to": to,
            "user_id": user_id,
            "resource_type": resource_type,
            "resource_id": resource_id,
            "action": action,
            "outcome": outcome,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.ReportsAuditLogsResult", await self._caller.call("reports.audit_logs", params))

    async def visit_history(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.PatientsHistoryResult:
        """Lists completed visits with notes and prescriptions, newest first."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "doctor_id": doctor_id,
            "from": from_,
            "to": to,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PatientsHistoryResult", await self._caller.call("reports.visit_history", params))

    async def stock_movements(
        self,
        *,
        medicine_id: int | None | Unset = UNSET,
        movement_type: Literal["RECEIVED", "DISPENSED", "RETURNED", "ADJUSTED", "STOCKTAKE", "DISCARDED"] | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.ReportsStockMovementsResult:
        """Lists movements of stock, the newest first."""
        params: dict[str, Any] = {
            "medicine_id": medicine_id,
            "movement_type": movement_type,
            "from": from_,
            "to": to,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.ReportsStockMovementsResult", await self._caller.call("reports.stock_movements", params))

    async def daily_summary(
        self,
        *,
        date: str | None | Unset = UNSET,
    ) -> types.ReportsDailySummaryResult:
        """Gives a day in figures; today's so far without a date."""
        params: dict[str, Any] = {
            "date": date,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.ReportsDailySummaryResult", await self._caller.call("reports.daily_summary", params))

    async def print_daily_summary(
        self,
        *,
        date: str | None | Unset = UNSET,
        format: Literal["text", "receipt", "html", "pdf"] | None | Unset = UNSET,
    ) -> types.PrescriptionsPrintResult:
        """Renders a day in figures as text, receipt, HTML or PDF."""
        params: dict[str, Any] = {
            "date": date,
            "format": format,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PrescriptionsPrintResult", await self._caller.call("reports.print_daily_summary", params))

    async def roll_up(
        self,
        *,
        date: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.ReportsDailySummaryResult:
        """Makes a day's summary anew and stores it; yesterday's without a date."""
        params: dict[str, Any] = {
            "date": date,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.ReportsDailySummaryResult", await self._caller.call("reports.roll_up", params))


class AsyncAudit:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def verify(
        self,
        *,
        from_: int | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        anchor: str | None | Unset = UNSET,
    ) -> types.AuditVerifyResult:
        """Checks a part of the audit's chain."""
        params: dict[str, Any] = {
            "from": from_,
            "limit": limit,
            "anchor": anchor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AuditVerifyResult", await self._caller.call("audit.verify", params))


class AsyncSystem:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def ping(
        self,
    ) -> types.SystemPingResult:
        """Tells that the daemon answers."""
        return cast("types.SystemPingResult", await self._caller.call("system.ping"))

    async def version(
        self,
    ) -> types.SystemVersionResult:
        """Names the daemon, its version, the clinic and its time zone."""
        return cast("types.SystemVersionResult", await self._caller.call("system.version"))

    async def health(
        self,
    ) -> types.SystemHealthResult:
        """Tells whether the stores are up and how far they are behind."""
        return cast("types.SystemHealthResult", await self._caller.call("system.health"))

    async def stats(
        self,
    ) -> types.SystemStatsResult:
        """Gives counters of this instance since its start."""
        return cast("types.SystemStatsResult", await self._caller.call("system.stats"))

    async def rebuild(
        self,
        *,
        store: Literal["redis", "mongo"],
    ) -> types.SystemRebuildResult:
        """Makes what Redis or MongoDB holds anew from PostgreSQL."""
        params: dict[str, Any] = {
            "store": store,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SystemRebuildResult", await self._caller.call("system.rebuild", params))

    async def reconcile(
        self,
        *,
        repair: bool | None | Unset = UNSET,
        part: Literal["queue", "audit", "visits", "stock", "days"] | None | Unset = UNSET,
    ) -> types.SystemReconcileResult:
        """Compares Redis and MongoDB with PostgreSQL, and repairs them."""
        params: dict[str, Any] = {
            "repair": repair,
            "part": part,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SystemReconcileResult", await self._caller.call("system.reconcile", params))


class AsyncRpc:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def discover(
        self,
    ) -> Any:
        """Describes the methods that the caller may use (OpenRPC)."""
        return await self._caller.call("rpc.discover")

    async def cancel(
        self,
        *,
        id: float | str,
    ) -> types.RpcCancelResult:
        """Cancels the calls of this connection that have an id."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.RpcCancelResult", await self._caller.call("rpc.cancel", params))


class AsyncMethods:
    """Every method, by department."""

    def __init__(self, caller: AsyncCaller) -> None:
        self.auth = AsyncAuth(caller)
        self.users = AsyncUsers(caller)
        self.doctors = AsyncDoctors(caller)
        self.devices = AsyncDevices(caller)
        self.kiosk = AsyncKiosk(caller)
        self.patients = AsyncPatients(caller)
        self.slots = AsyncSlots(caller)
        self.appointments = AsyncAppointments(caller)
        self.queue = AsyncQueue(caller)
        self.visits = AsyncVisits(caller)
        self.prescriptions = AsyncPrescriptions(caller)
        self.inventory = AsyncInventory(caller)
        self.dispensing = AsyncDispensing(caller)
        self.billing = AsyncBilling(caller)
        self.reports = AsyncReports(caller)
        self.audit = AsyncAudit(caller)
        self.system = AsyncSystem(caller)
        self.rpc = AsyncRpc(caller)


class Caller(Protocol):
    def call(self, method: str, params: Mapping[str, Any] | None = None) -> Any: ...


class Auth:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def login(
        self,
        *,
        username: str,
        password: str,
    ) -> types.Credentials:
        """Logs in by password and binds this connection to the user."""
        params: dict[str, Any] = {
            "username": username,
            "password": password,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Credentials", self._caller.call("auth.login", params))

    def register(
        self,
        *,
        username: str,
        password: str,
        full_name: str,
        role: Literal["ADMIN", "DOCTOR", "PHARMACIST", "RECEPTION", "KIOSK", "DISPLAY"],
        email: str | None | Unset = UNSET,
        speciality: str | None | Unset = UNSET,
        room: str | None | Unset = UNSET,
    ) -> types.User:
        """Creates a user."""
        params: dict[str, Any] = {
            "username": username,
            "password": password,
            "full_name": full_name,
            "role": role,
            "email": email,
            "speciality": speciality,
            "room": room,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.User", self._caller.call("auth.register", params))

    def authenticate(
        self,
        *,
        access_token: str,
    ) -> types.AuthAuthenticateResult:
        """Binds this connection to the user of an access token."""
        params: dict[str, Any] = {
            "access_token": access_token,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AuthAuthenticateResult", self._caller.call("auth.authenticate", params))

    def refresh(
        self,
        *,
        refresh_token: str,
    ) -> types.Credentials:
        """Exchanges a refresh token for new tokens; each works once."""
        params: dict[str, Any] = {
            "refresh_token": refresh_token,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Credentials", self._caller.call("auth.refresh", params))

    def logout(
        self,
    ) -> types.AuthLogoutResult:
        """Ends this connection's login and all of its tokens."""
        return cast("types.AuthLogoutResult", self._caller.call("auth.logout"))

    def whoami(
        self,
    ) -> types.AuthWhoamiResult:
        """Tells who this connection is taken for."""
        return cast("types.AuthWhoamiResult", self._caller.call("auth.whoami"))

    def change_password(
        self,
        *,
        current_password: str,
        new_password: str,
    ) -> types.Credentials:
        """Changes the caller's own password and ends all other logins."""
        params: dict[str, Any] = {
            "current_password": current_password,
            "new_password": new_password,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Credentials", self._caller.call("auth.change_password", params))


class Users:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list(
        self,
        *,
        role: Literal["ADMIN", "DOCTOR", "PHARMACIST", "RECEPTION", "KIOSK", "DISPLAY"] | None | Unset = UNSET,
        enabled: bool | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.UsersListResult:
        """Lists users by id."""
        params: dict[str, Any] = {
            "role": role,
            "enabled": enabled,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.UsersListResult", self._caller.call("users.list", params))

    def get(
        self,
        *,
        id: int,
    ) -> types.User:
        """Gives one user."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.User", self._caller.call("users.get", params))

    def update(
        self,
        *,
        id: int,
        full_name: str | None | Unset = UNSET,
        email: str | None | Unset = UNSET,
        role: Literal["ADMIN", "DOCTOR", "PHARMACIST", "RECEPTION", "KIOSK", "DISPLAY"] | None | Unset = UNSET,
        enabled: bool | None | Unset = UNSET,
        speciality: str | None | Unset = UNSET,
        room: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.User:
        """Changes a user; another role or being disabled acts at once."""
        params: dict[str, Any] = {
            "id": id,
            "full_name": full_name,
            "email": email,
            "role": role,
            "enabled": enabled,
            "speciality": speciality,
            "room": room,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.User", self._caller.call("users.update", params))

    def reset_password(
        self,
        *,
        id: int,
        new_password: str,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.AuthLogoutResult:
        """Sets a user's password and ends all of the user's logins."""
        params: dict[str, Any] = {
            "id": id,
            "new_password": new_password,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AuthLogoutResult", self._caller.call("users.reset_password", params))


class Doctors:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list(
        self,
        *,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.DoctorsListResult:
        """Lists the active doctors: name, speciality, room, serving now."""
        params: dict[str, Any] = {
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DoctorsListResult", self._caller.call("doctors.list", params))


class Devices:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def request_pairing(
        self,
        *,
        role: Literal["KIOSK", "DISPLAY"],
        name: str | None | Unset = UNSET,
    ) -> types.DevicesRequestPairingResult:
        """Gives a new kiosk or board a code to show and a secret to keep."""
        params: dict[str, Any] = {
            "role": role,
            "name": name,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DevicesRequestPairingResult", self._caller.call("devices.request_pairing", params))

    def claim(
        self,
        *,
        secret: str,
    ) -> types.DevicesClaimResult:
        """Gives a device whose code was approved the tokens of its role."""
        params: dict[str, Any] = {
            "secret": secret,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DevicesClaimResult", self._caller.call("devices.claim", params))

    def approve(
        self,
        *,
        code: str,
        name: str | None | Unset = UNSET,
        room: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.DevicesApproveResult:
        """Approves the kiosk or board that shows this code."""
        params: dict[str, Any] = {
            "code": code,
            "name": name,
            "room": room,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DevicesApproveResult", self._caller.call("devices.approve", params))

    def revoke(
        self,
        *,
        id: int,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.DevicesApproveResult:
        """Ends a device's tokens, connections and subscriptions at once."""
        params: dict[str, Any] = {
            "id": id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DevicesApproveResult", self._caller.call("devices.revoke", params))

    def list(
        self,
        *,
        status: Literal["PENDING", "APPROVED", "CLAIMED", "REVOKED"] | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.DevicesListResult:
        """Lists paired devices and those that wait, the newest first."""
        params: dict[str, Any] = {
            "status": status,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DevicesListResult", self._caller.call("devices.list", params))


class Kiosk:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def identify(
        self,
        *,
        phone: str,
        date_of_birth: str,
    ) -> types.KioskIdentifyResult:
        """Finds a visitor by phone and birth date, and today's appointments."""
        params: dict[str, Any] = {
            "phone": phone,
            "date_of_birth": date_of_birth,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.KioskIdentifyResult", self._caller.call("kiosk.identify", params))


class Patients:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list(
        self,
        *,
        search: str | None | Unset = UNSET,
        include_archived: bool | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.PatientsListResult:
        """Lists patients, searched by part of a name, a phone or an id."""
        params: dict[str, Any] = {
            "search": search,
            "include_archived": include_archived,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PatientsListResult", self._caller.call("patients.list", params))

    def create(
        self,
        *,
        name: str,
        phone: str | None | Unset = UNSET,
        date_of_birth: str | None | Unset = UNSET,
        estimated_age: int | None | Unset = UNSET,
        sex: Literal["FEMALE", "MALE", "OTHER", "UNKNOWN"] | None | Unset = UNSET,
        email: str | None | Unset = UNSET,
        address: str | None | Unset = UNSET,
        allergies: List[str] | None | Unset = UNSET,
        chronic_conditions: List[str] | None | Unset = UNSET,
        medical_history: str | None | Unset = UNSET,
        emergency_contact: types.PatientsCreateEmergencyContact | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.PatientsCreateResult:
        """Registers a patient and names possible duplicates."""
        params: dict[str, Any] = {
            "name": name,
            "phone": phone,
            "date_of_birth": date_of_birth,
            "estimated_age": estimated_age,
            "sex": sex,
            "email": email,
            "address": address,
            "allergies": allergies,
            "chronic_conditions": chronic_conditions,
            "medical_history": medical_history,
            "emergency_contact": emergency_contact,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PatientsCreateResult", self._caller.call("patients.create", params))

    def get(
        self,
        *,
        id: int,
    ) -> types.Patient:
        """Gives one patient."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Patient", self._caller.call("patients.get", params))

    def update(
        self,
        *,
        id: int,
        name: str | None | Unset = UNSET,
        phone: str | None | Unset = UNSET,
        date_of_birth: str | None | Unset = UNSET,
        estimated_age: int | None | Unset = UNSET,
        sex: Literal["FEMALE", "MALE", "OTHER", "UNKNOWN"] | None | Unset = UNSET,
        email: str | None | Unset = UNSET,
        address: str | None | Unset = UNSET,
        allergies: List[str] | None | Unset = UNSET,
        chronic_conditions: List[str] | None | Unset = UNSET,
        medical_history: str | None | Unset = UNSET,
        emergency_contact: types.PatientsCreateEmergencyContact | None | Unset = UNSET,
        verified: bool | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Patient:
        """Changes a patient: what is left out stays, null clears."""
        params: dict[str, Any] = {
            "id": id,
            "name": name,
            "phone": phone,
            "date_of_birth": date_of_birth,
            "estimated_age": estimated_age,
            "sex": sex,
            "email": email,
            "address": address,
            "allergies": allergies,
            "chronic_conditions": chronic_conditions,
            "medical_history": medical_history,
            "emergency_contact": emergency_contact,
            "verified": verified,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Patient", self._caller.call("patients.update", params))

    def delete(
        self,
        *,
        id: int,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Patient:
        """Archives a patient for whom nothing is under way."""
        params: dict[str, Any] = {
            "id": id,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Patient", self._caller.call("patients.delete", params))

    def history(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        id: int | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.PatientsHistoryResult:
        """Lists a patient's visits with notes and prescriptions, newest first."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "id": id,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PatientsHistoryResult", self._caller.call("patients.history", params))

    def merge(
        self,
        *,
        id: int,
        into: int,
        reason: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Patient:
        """Merges a patient into another one, who gets all that is there."""
        params: dict[str, Any] = {
            "id": id,
            "into": into,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Patient", self._caller.call("patients.merge", params))

    def unmerge(
        self,
        *,
        id: int,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Patient:
        """Undoes the merge of a patient, who gets the rows back."""
        params: dict[str, Any] = {
            "id": id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Patient", self._caller.call("patients.unmerge", params))


class Slots:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def create_bulk(
        self,
        *,
        doctor_id: int,
        from_: str,
        to: str,
        start: str,
        end: str,
        minutes: int,
        weekdays: List[Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]] | None | Unset = UNSET,
        breaks: List[types.SlotsCreateBulkBreaksItem] | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.SlotsCreateBulkResult:
        """Makes a doctor's slots over a range of dates; tells which it left out and why."""
        params: dict[str, Any] = {
            "doctor_id": doctor_id,
            "from": from_,
            "to": to,
            "start": start,
            "end": end,
            "minutes": minutes,
            "weekdays": weekdays,
            "breaks": breaks,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SlotsCreateBulkResult", self._caller.call("slots.create_bulk", params))

    def block(
        self,
        *,
        id: int,
        reason: str | None | Unset = UNSET,
        cancel_appointments: bool | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.SlotsBlockResult:
        """Blocks a slot; a booked one is refused, or its appointment cancelled if the call says so."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "cancel_appointments": cancel_appointments,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SlotsBlockResult", self._caller.call("slots.block", params))

    def unblock(
        self,
        *,
        id: int,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.SlotsUnblockResult:
        """Lets a blocked slot be booked again."""
        params: dict[str, Any] = {
            "id": id,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SlotsUnblockResult", self._caller.call("slots.unblock", params))

    def list(
        self,
        *,
        doctor_id: int | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        available: bool | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.SlotsListResult:
        """Lists slots by doctor, dates and whether they can be booked."""
        params: dict[str, Any] = {
            "doctor_id": doctor_id,
            "from": from_,
            "to": to,
            "available": available,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SlotsListResult", self._caller.call("slots.list", params))


class Appointments:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def create(
        self,
        *,
        patient_id: int,
        slot_id: int,
        reason: str | None | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        override: bool | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.AppointmentsCreateResult:
        """Books a slot for a patient."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "slot_id": slot_id,
            "reason": reason,
            "notes": notes,
            "override": override,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AppointmentsCreateResult", self._caller.call("appointments.create", params))

    def get(
        self,
        *,
        id: int,
    ) -> types.Appointment:
        """Gives one appointment with its history."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Appointment", self._caller.call("appointments.get", params))

    def list(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        date: str | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        status: Literal["SCHEDULED", "CHECKED_IN", "WITH_DOCTOR", "COMPLETED", "CANCELLED", "NO_SHOW"] | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.AppointmentsListResult:
        """Lists appointments by patient, doctor, dates and status."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "doctor_id": doctor_id,
            "date": date,
            "from": from_,
            "to": to,
            "status": status,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AppointmentsListResult", self._caller.call("appointments.list", params))

    def update(
        self,
        *,
        id: int,
        slot_id: int | None | Unset = UNSET,
        reason: str | None | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        status: Literal["SCHEDULED", "CHECKED_IN", "WITH_DOCTOR", "COMPLETED", "CANCELLED", "NO_SHOW"] | None | Unset = UNSET,
        override: bool | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.AppointmentsCreateResult:
        """Changes an appointment, or moves it to another slot."""
        params: dict[str, Any] = {
            "id": id,
            "slot_id": slot_id,
            "reason": reason,
            "notes": notes,
            "status": status,
            "override": override,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AppointmentsCreateResult", self._caller.call("appointments.update", params))

    def cancel(
        self,
        *,
        id: int,
        reason: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.AppointmentsCreateResult:
        """Cancels an appointment and frees its slot."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AppointmentsCreateResult", self._caller.call("appointments.cancel", params))

    def mark_no_show(
        self,
        *,
        id: int,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.AppointmentsCreateResult:
        """Notes that a patient did not come, after the grace period."""
        params: dict[str, Any] = {
            "id": id,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AppointmentsCreateResult", self._caller.call("appointments.mark_no_show", params))


class Queue:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def walk_in(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        priority: Literal["ROUTINE", "URGENT", "EMERGENCY"] | None | Unset = UNSET,
        visitor: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Puts a patient without an appointment into today's queue."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "doctor_id": doctor_id,
            "priority": priority,
            "visitor": visitor,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", self._caller.call("queue.walk_in", params))

    def check_in(
        self,
        *,
        appointment_id: int | None | Unset = UNSET,
        visitor: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Puts a patient who came for an appointment into today's queue."""
        params: dict[str, Any] = {
            "appointment_id": appointment_id,
            "visitor": visitor,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", self._caller.call("queue.check_in", params))

    def today(
        self,
        *,
        date: str | None | Unset = UNSET,
    ) -> types.QueueTodayResult | types.QueueTodayResult2:
        """Gives the queue of today or of another day."""
        params: dict[str, Any] = {
            "date": date,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueTodayResult | types.QueueTodayResult2", self._caller.call("queue.today", params))

    def call_next(
        self,
        *,
        doctor_id: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Calls the next waiting patient for a doctor."""
        params: dict[str, Any] = {
            "doctor_id": doctor_id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", self._caller.call("queue.call_next", params))

    def set_status(
        self,
        *,
        token: str,
        status: Literal["WAITING", "WITH_DOCTOR", "SKIPPED", "COMPLETED", "CANCELLED", "NO_SHOW"],
        doctor_id: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Moves a token to another status."""
        params: dict[str, Any] = {
            "token": token,
            "status": status,
            "doctor_id": doctor_id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", self._caller.call("queue.set_status", params))

    def undo(
        self,
        *,
        token: str,
        reason: str,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Brings a token back from a final state."""
        params: dict[str, Any] = {
            "token": token,
            "reason": reason,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", self._caller.call("queue.undo", params))

    def recall(
        self,
        *,
        token: str,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Brings a skipped token back to the line."""
        params: dict[str, Any] = {
            "token": token,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", self._caller.call("queue.recall", params))

    def transfer(
        self,
        *,
        token: str,
        doctor_id: int,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Hands a token to another doctor; it waits there by its arrival."""
        params: dict[str, Any] = {
            "token": token,
            "doctor_id": doctor_id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", self._caller.call("queue.transfer", params))

    def set_priority(
        self,
        *,
        token: str,
        priority: Literal["ROUTINE", "URGENT", "EMERGENCY"],
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.QueueToken | types.BoardToken:
        """Changes the priority of a live token."""
        params: dict[str, Any] = {
            "token": token,
            "priority": priority,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueToken | types.BoardToken", self._caller.call("queue.set_priority", params))

    def summary(
        self,
        *,
        date: str | None | Unset = UNSET,
    ) -> types.QueueSummaryResult:
        """Counts a day's tokens and tells waits and consultations."""
        params: dict[str, Any] = {
            "date": date,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueSummaryResult", self._caller.call("queue.summary", params))

    def subscribe(
        self,
        *,
        date: str | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        since: types.QueueSubscribeSince | None | Unset = UNSET,
        overflow: Literal["coalesce", "close"] | None | Unset = UNSET,
    ) -> types.QueueSubscribeResult:
        """Follows the queue of today or of another day."""
        params: dict[str, Any] = {
            "date": date,
            "doctor_id": doctor_id,
            "since": since,
            "overflow": overflow,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.QueueSubscribeResult", self._caller.call("queue.subscribe", params))

    def unsubscribe(
        self,
        *,
        subscription: str,
    ) -> types.AuthLogoutResult:
        """Ends a subscription of this connection."""
        params: dict[str, Any] = {
            "subscription": subscription,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AuthLogoutResult", self._caller.call("queue.unsubscribe", params))


class Visits:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def create(
        self,
        *,
        token: str | None | Unset = UNSET,
        appointment_id: int | None | Unset = UNSET,
        patient_id: int | None | Unset = UNSET,
        chief_complaint: str | None | Unset = UNSET,
        vitals: types.VisitsCreateVitals | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.VisitsCreateResult:
        """Opens a visit from a token, an appointment or a patient."""
        params: dict[str, Any] = {
            "token": token,
            "appointment_id": appointment_id,
            "patient_id": patient_id,
            "chief_complaint": chief_complaint,
            "vitals": vitals,
            "doctor_id": doctor_id,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsCreateResult", self._caller.call("visits.create", params))

    def get(
        self,
        *,
        id: int,
    ) -> types.Visit:
        """Gives one visit with its notes and prescriptions."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Visit", self._caller.call("visits.get", params))

    def list(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        date: str | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        status: Literal["OPEN", "COMPLETED"] | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.VisitsListResult:
        """Lists visits by patient, doctor, day and status, the newest first."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "doctor_id": doctor_id,
            "date": date,
            "from": from_,
            "to": to,
            "status": status,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsListResult", self._caller.call("visits.list", params))

    def update(
        self,
        *,
        id: int,
        vitals: types.VisitsCreateVitals | None | Unset = UNSET,
        chief_complaint: str | None | Unset = UNSET,
        diagnosis: str | None | Unset = UNSET,
        diagnosis_codes: List[str] | None | Unset = UNSET,
        treatment_plan: str | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.VisitsCreateResult:
        """Changes an open visit: what is left out stays, null clears."""
        params: dict[str, Any] = {
            "id": id,
            "vitals": vitals,
            "chief_complaint": chief_complaint,
            "diagnosis": diagnosis,
            "diagnosis_codes": diagnosis_codes,
            "treatment_plan": treatment_plan,
            "doctor_id": doctor_id,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsCreateResult", self._caller.call("visits.update", params))

    def complete(
        self,
        *,
        id: int,
        vitals: types.VisitsCreateVitals | None | Unset = UNSET,
        chief_complaint: str | None | Unset = UNSET,
        diagnosis: str | None | Unset = UNSET,
        diagnosis_codes: List[str] | None | Unset = UNSET,
        treatment_plan: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.VisitsCreateResult:
        """Signs and locks a visit; completes its token and appointment."""
        params: dict[str, Any] = {
            "id": id,
            "vitals": vitals,
            "chief_complaint": chief_complaint,
            "diagnosis": diagnosis,
            "diagnosis_codes": diagnosis_codes,
            "treatment_plan": treatment_plan,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsCreateResult", self._caller.call("visits.complete", params))

    def add_note(
        self,
        *,
        visit_id: int,
        category: Literal["SYMPTOM", "OBSERVATION", "DIAGNOSIS", "TREATMENT"],
        text: str,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.VisitsAddNoteResult:
        """Adds a note to a visit; after its completion an addendum."""
        params: dict[str, Any] = {
            "visit_id": visit_id,
            "category": category,
            "text": text,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsAddNoteResult", self._caller.call("visits.add_note", params))

    def list_notes(
        self,
        *,
        visit_id: int,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.VisitsListNotesResult:
        """Lists the notes of a visit, the oldest first."""
        params: dict[str, Any] = {
            "visit_id": visit_id,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.VisitsListNotesResult", self._caller.call("visits.list_notes", params))


class Prescriptions:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def create(
        self,
        *,
        visit_id: int,
        items: List[types.PrescriptionsCreateItemsItem],
        notes: str | None | Unset = UNSET,
        override_reason: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Prescription:
        """Prescribes medicines at a visit; an allergy needs a reason."""
        params: dict[str, Any] = {
            "visit_id": visit_id,
            "items": items,
            "notes": notes,
            "override_reason": override_reason,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Prescription", self._caller.call("prescriptions.create", params))

    def get(
        self,
        *,
        id: int,
    ) -> types.Prescription:
        """Gives one prescription with its items."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Prescription", self._caller.call("prescriptions.get", params))

    def list(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        visit_id: int | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        status: Literal["ACTIVE", "CANCELLED"] | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.PrescriptionsListResult:
        """Lists prescriptions, the newest first."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "visit_id": visit_id,
            "doctor_id": doctor_id,
            "status": status,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PrescriptionsListResult", self._caller.call("prescriptions.list", params))

    def cancel(
        self,
        *,
        id: int,
        reason: str,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Prescription:
        """Cancels a prescription of which nothing is dispensed."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Prescription", self._caller.call("prescriptions.cancel", params))

    def print(
        self,
        *,
        id: int,
        format: Literal["text", "receipt", "html", "pdf"] | None | Unset = UNSET,
    ) -> types.PrescriptionsPrintResult:
        """Renders a prescription as text, receipt, HTML or PDF."""
        params: dict[str, Any] = {
            "id": id,
            "format": format,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PrescriptionsPrintResult", self._caller.call("prescriptions.print", params))


class Inventory:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_medicines(
        self,
        *,
        search: str | None | Unset = UNSET,
        active: bool | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.InventoryListMedicinesResult:
        """Lists medicines with their usable stock, searched by words."""
        params: dict[str, Any] = {
            "search": search,
            "active": active,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryListMedicinesResult", self._caller.call("inventory.list_medicines", params))

    def add_medicine(
        self,
        *,
        name: str,
        unit_price: str | float,
        generic_name: str | None | Unset = UNSET,
        drug_class: str | None | Unset = UNSET,
        manufacturer: str | None | Unset = UNSET,
        form: str | None | Unset = UNSET,
        strength: str | None | Unset = UNSET,
        reorder_level: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddMedicineResult:
        """Adds a medicine, with nothing of it in stock yet."""
        params: dict[str, Any] = {
            "name": name,
            "unit_price": unit_price,
            "generic_name": generic_name,
            "drug_class": drug_class,
            "manufacturer": manufacturer,
            "form": form,
            "strength": strength,
            "reorder_level": reorder_level,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddMedicineResult", self._caller.call("inventory.add_medicine", params))

    def get_medicine(
        self,
        *,
        id: int,
    ) -> types.InventoryGetMedicineResult:
        """Gives one medicine with its usable stock and its batches."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryGetMedicineResult", self._caller.call("inventory.get_medicine", params))

    def update_medicine(
        self,
        *,
        id: int,
        name: str | None | Unset = UNSET,
        unit_price: str | float | None | Unset = UNSET,
        generic_name: str | None | Unset = UNSET,
        drug_class: str | None | Unset = UNSET,
        manufacturer: str | None | Unset = UNSET,
        form: str | None | Unset = UNSET,
        strength: str | None | Unset = UNSET,
        reorder_level: int | None | Unset = UNSET,
        is_active: bool | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddMedicineResult:
        """Changes a medicine: what is left out stays, null clears."""
        params: dict[str, Any] = {
            "id": id,
            "name": name,
            "unit_price": unit_price,
            "generic_name": generic_name,
            "drug_class": drug_class,
            "manufacturer": manufacturer,
            "form": form,
            "strength": strength,
            "reorder_level": reorder_level,
            "is_active": is_active,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddMedicineResult", self._caller.call("inventory.update_medicine", params))

    def low_stock(
        self,
        *,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.InventoryListMedicinesResult:
        """Lists active medicines with usable stock at the reorder level or below."""
        params: dict[str, Any] = {
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryListMedicinesResult", self._caller.call("inventory.low_stock", params))

    def expiring(
        self,
        *,
        days: int | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.InventoryExpiringResult:
        """Lists batches in stock that expire within some days or have expired."""
        params: dict[str, Any] = {
            "days": days,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryExpiringResult", self._caller.call("inventory.expiring", params))

    def list_batches(
        self,
        *,
        medicine_id: int | None | Unset = UNSET,
        include_empty: bool | None | Unset = UNSET,
        expired: bool | None | Unset = UNSET,
        held: bool | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.InventoryExpiringResult:
        """Lists batches; empty ones if asked for."""
        params: dict[str, Any] = {
            "medicine_id": medicine_id,
            "include_empty": include_empty,
            "expired": expired,
            "held": held,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryExpiringResult", self._caller.call("inventory.list_batches", params))

    def add_batch(
        self,
        *,
        medicine_id: int,
        batch_number: str,
        quantity: int,
        expiry_date: str,
        cost_price: str | float | None | Unset = UNSET,
        supplier: str | None | Unset = UNSET,
        reason: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddBatchResult:
        """Receives a batch of a medicine."""
        params: dict[str, Any] = {
            "medicine_id": medicine_id,
            "batch_number": batch_number,
            "quantity": quantity,
            "expiry_date": expiry_date,
            "cost_price": cost_price,
            "supplier": supplier,
            "reason": reason,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddBatchResult", self._caller.call("inventory.add_batch", params))

    def update_batch(
        self,
        *,
        id: int,
        quantity: int | None | Unset = UNSET,
        adjustment: int | None | Unset = UNSET,
        reason: str | None | Unset = UNSET,
        expiry_date: str | None | Unset = UNSET,
        cost_price: str | float | None | Unset = UNSET,
        supplier: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddBatchResult:
        """Corrects a batch: the quantity, or an adjustment of it, with a reason; other fields."""
        params: dict[str, Any] = {
            "id": id,
            "quantity": quantity,
            "adjustment": adjustment,
            "reason": reason,
            "expiry_date": expiry_date,
            "cost_price": cost_price,
            "supplier": supplier,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddBatchResult", self._caller.call("inventory.update_batch", params))

    def hold_batch(
        self,
        *,
        id: int,
        reason: str,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddBatchResult:
        """Holds a batch back: nothing is dispensed of it."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddBatchResult", self._caller.call("inventory.hold_batch", params))

    def release_batch(
        self,
        *,
        id: int,
        reason: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryAddBatchResult:
        """Releases a held batch."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryAddBatchResult", self._caller.call("inventory.release_batch", params))

    def stocktake(
        self,
        *,
        counts: List[types.InventoryStocktakeCountsItem],
        reason: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.InventoryStocktakeResult:
        """Sets what was counted of batches: all of it or nothing."""
        params: dict[str, Any] = {
            "counts": counts,
            "reason": reason,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.InventoryStocktakeResult", self._caller.call("inventory.stocktake", params))


class Dispensing:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def create(
        self,
        *,
        prescription_id: int,
        items: List[types.DispensingCreateItemsItem] | None | Unset = UNSET,
        override_reason: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.DispensingCreateResult:
        """Dispenses a prescription, all that is left or some of it, first expired, first out."""
        params: dict[str, Any] = {
            "prescription_id": prescription_id,
            "items": items,
            "override_reason": override_reason,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DispensingCreateResult", self._caller.call("dispensing.create", params))

    def get(
        self,
        *,
        id: int,
    ) -> types.Dispensing:
        """Gives one dispensing with its items."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Dispensing", self._caller.call("dispensing.get", params))

    def list(
        self,
        *,
        prescription_id: int | None | Unset = UNSET,
        patient_id: int | None | Unset = UNSET,
        date: str | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.DispensingListResult:
        """Lists dispensings with their items, the newest first."""
        params: dict[str, Any] = {
            "prescription_id": prescription_id,
            "patient_id": patient_id,
            "date": date,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DispensingListResult", self._caller.call("dispensing.list", params))

    def return_(
        self,
        *,
        id: int,
        items: List[types.DispensingReturnItemsItem],
        reason: str,
        restock: bool | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.DispensingReturnResult:
        """Takes back what was dispensed, and says what refund is due."""
        params: dict[str, Any] = {
            "id": id,
            "items": items,
            "reason": reason,
            "restock": restock,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.DispensingReturnResult", self._caller.call("dispensing.return", params))


class Billing:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def create(
        self,
        *,
        mode: Literal["AUTO", "MANUAL"],
        prescription_id: int | None | Unset = UNSET,
        patient_id: int | None | Unset = UNSET,
        visit_id: int | None | Unset = UNSET,
        items: List[types.BillingCreateItemsItem] | None | Unset = UNSET,
        discount_percent: str | float | None | Unset = UNSET,
        discount_amount: str | float | None | Unset = UNSET,
        tax_percent: str | float | None | Unset = UNSET,
        status: Literal["DRAFT", "PENDING"] | None | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Invoice:
        """Writes an invoice, of a prescription or of the lines given."""
        params: dict[str, Any] = {
            "mode": mode,
            "prescription_id": prescription_id,
            "patient_id": patient_id,
            "visit_id": visit_id,
            "items": items,
            "discount_percent": discount_percent,
            "discount_amount": discount_amount,
            "tax_percent": tax_percent,
            "status": status,
            "notes": notes,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", self._caller.call("billing.create", params))

    def get(
        self,
        *,
        id: int,
    ) -> types.Invoice:
        """Gives one invoice with its lines, payments and refunds."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", self._caller.call("billing.get", params))

    def list(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        prescription_id: int | None | Unset = UNSET,
        status: Literal["DRAFT", "PENDING", "PAID", "CANCELLED"] | None | Unset = UNSET,
        date: str | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.BillingListResult:
        """Lists invoices, the newest first."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "prescription_id": prescription_id,
            "status": status,
            "date": date,
            "from": from_,
            "to": to,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.BillingListResult", self._caller.call("billing.list", params))

    def update(
        self,
        *,
        id: int,
        items: List[types.BillingCreateItemsItem] | None | Unset = UNSET,
        discount_percent: str | float | None | Unset = UNSET,
        discount_amount: str | float | None | Unset = UNSET,
        tax_percent: str | float | None | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Invoice:
        """Changes a draft: what is left out stays, null clears."""
        params: dict[str, Any] = {
            "id": id,
            "items": items,
            "discount_percent": discount_percent,
            "discount_amount": discount_amount,
            "tax_percent": tax_percent,
            "notes": notes,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", self._caller.call("billing.update", params))

    def issue(
        self,
        *,
        id: int,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Invoice:
        """Issues a draft: it gets its number and can be paid."""
        params: dict[str, Any] = {
            "id": id,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", self._caller.call("billing.issue", params))

    def pay(
        self,
        *,
        id: int,
        payment_method: Literal["CASH", "CARD", "UPI"] | None | Unset = UNSET,
        amount: str | float | None | Unset = UNSET,
        tendered: str | float | None | Unset = UNSET,
        reference: str | None | Unset = UNSET,
        payments: List[types.BillingPayPaymentsItem] | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.BillingPayResult:
        """Takes a payment: partial, by several methods, with change for cash."""
        params: dict[str, Any] = {
            "id": id,
            "payment_method": payment_method,
            "amount": amount,
            "tendered": tendered,
            "reference": reference,
            "payments": payments,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.BillingPayResult", self._caller.call("billing.pay", params))

    def cancel(
        self,
        *,
        id: int,
        reason: str,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Invoice:
        """Cancels an invoice of which nothing is paid, or all was refunded."""
        params: dict[str, Any] = {
            "id": id,
            "reason": reason,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", self._caller.call("billing.cancel", params))

    def refund(
        self,
        *,
        id: int,
        payment_method: Literal["CASH", "CARD", "UPI"],
        reason: str,
        amount: str | float | None | Unset = UNSET,
        version: int | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.Invoice:
        """Gives back some or all of what was paid."""
        params: dict[str, Any] = {
            "id": id,
            "payment_method": payment_method,
            "reason": reason,
            "amount": amount,
            "version": version,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.Invoice", self._caller.call("billing.refund", params))

    def receipt(
        self,
        *,
        id: int,
        format: Literal["text", "receipt", "html", "pdf"] | None | Unset = UNSET,
    ) -> types.PrescriptionsPrintResult:
        """Renders an invoice as text, receipt, HTML or PDF."""
        params: dict[str, Any] = {
            "id": id,
            "format": format,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PrescriptionsPrintResult", self._caller.call("billing.receipt", params))


class Reports:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def audit_logs(
        self,
        *,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        user_id: int | None | Unset = UNSET,
        resource_type: str | None | Unset = UNSET,
        resource_id: str | None | Unset = UNSET,
        action: str | None | Unset = UNSET,
        outcome: str | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.ReportsAuditLogsResult:
        """Lists audit entries, the newest first."""
        params: dict[str, Any] = {
            "from": from_,
            "to": to,
            "user_id": user_id,
            "resource_type": resource_type,
            "resource_id": resource_id,
            "action": action,
            "outcome": outcome,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.ReportsAuditLogsResult", self._caller.call("reports.audit_logs", params))

    def visit_history(
        self,
        *,
        patient_id: int | None | Unset = UNSET,
        doctor_id: int | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.PatientsHistoryResult:
        """Lists completed visits with notes and prescriptions, newest first."""
        params: dict[str, Any] = {
            "patient_id": patient_id,
            "doctor_id": doctor_id,
            "from": from_,
            "to": to,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PatientsHistoryResult", self._caller.call("reports.visit_history", params))

    def stock_movements(
        self,
        *,
        medicine_id: int | None | Unset = UNSET,
        movement_type: Literal["RECEIVED", "DISPENSED", "RETURNED", "ADJUSTED", "STOCKTAKE", "DISCARDED"] | None | Unset = UNSET,
        from_: str | None | Unset = UNSET,
        to: str | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        cursor: str | None | Unset = UNSET,
    ) -> types.ReportsStockMovementsResult:
        """Lists movements of stock, the newest first."""
        params: dict[str, Any] = {
            "medicine_id": medicine_id,
            "movement_type": movement_type,
            "from": from_,
            "to": to,
            "limit": limit,
            "cursor": cursor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.ReportsStockMovementsResult", self._caller.call("reports.stock_movements", params))

    def daily_summary(
        self,
        *,
        date: str | None | Unset = UNSET,
    ) -> types.ReportsDailySummaryResult:
        """Gives a day in figures; today's so far without a date."""
        params: dict[str, Any] = {
            "date": date,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.ReportsDailySummaryResult", self._caller.call("reports.daily_summary", params))

    def print_daily_summary(
        self,
        *,
        date: str | None | Unset = UNSET,
        format: Literal["text", "receipt", "html", "pdf"] | None | Unset = UNSET,
    ) -> types.PrescriptionsPrintResult:
        """Renders a day in figures as text, receipt, HTML or PDF."""
        params: dict[str, Any] = {
            "date": date,
            "format": format,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.PrescriptionsPrintResult", self._caller.call("reports.print_daily_summary", params))

    def roll_up(
        self,
        *,
        date: str | None | Unset = UNSET,
        idempotency_key: str | None | Unset = UNSET,
    ) -> types.ReportsDailySummaryResult:
        """Makes a day's summary anew and stores it; yesterday's without a date."""
        params: dict[str, Any] = {
            "date": date,
            "idempotency_key": idempotency_key,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.ReportsDailySummaryResult", self._caller.call("reports.roll_up", params))


class Audit:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def verify(
        self,
        *,
        from_: int | None | Unset = UNSET,
        limit: int | None | Unset = UNSET,
        anchor: str | None | Unset = UNSET,
    ) -> types.AuditVerifyResult:
        """Checks a part of the audit's chain."""
        params: dict[str, Any] = {
            "from": from_,
            "limit": limit,
            "anchor": anchor,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.AuditVerifyResult", self._caller.call("audit.verify", params))


class System:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def ping(
        self,
    ) -> types.SystemPingResult:
        """Tells that the daemon answers."""
        return cast("types.SystemPingResult", self._caller.call("system.ping"))

    def version(
        self,
    ) -> types.SystemVersionResult:
        """Names the daemon, its version, the clinic and its time zone."""
        return cast("types.SystemVersionResult", self._caller.call("system.version"))

    def health(
        self,
    ) -> types.SystemHealthResult:
        """Tells whether the stores are up and how far they are behind."""
        return cast("types.SystemHealthResult", self._caller.call("system.health"))

    def stats(
        self,
    ) -> types.SystemStatsResult:
        """Gives counters of this instance since its start."""
        return cast("types.SystemStatsResult", self._caller.call("system.stats"))

    def rebuild(
        self,
        *,
        store: Literal["redis", "mongo"],
    ) -> types.SystemRebuildResult:
        """Makes what Redis or MongoDB holds anew from PostgreSQL."""
        params: dict[str, Any] = {
            "store": store,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SystemRebuildResult", self._caller.call("system.rebuild", params))

    def reconcile(
        self,
        *,
        repair: bool | None | Unset = UNSET,
        part: Literal["queue", "audit", "visits", "stock", "days"] | None | Unset = UNSET,
    ) -> types.SystemReconcileResult:
        """Compares Redis and MongoDB with PostgreSQL, and repairs them."""
        params: dict[str, Any] = {
            "repair": repair,
            "part": part,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.SystemReconcileResult", self._caller.call("system.reconcile", params))


class Rpc:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def discover(
        self,
    ) -> Any:
        """Describes the methods that the caller may use (OpenRPC)."""
        return self._caller.call("rpc.discover")

    def cancel(
        self,
        *,
        id: float | str,
    ) -> types.RpcCancelResult:
        """Cancels the calls of this connection that have an id."""
        params: dict[str, Any] = {
            "id": id,
        }
        params = {k: v for k, v in params.items() if not isinstance(v, Unset)}
        return cast("types.RpcCancelResult", self._caller.call("rpc.cancel", params))


class Methods:
    """Every method, by department."""

    def __init__(self, caller: Caller) -> None:
        self.auth = Auth(caller)
        self.users = Users(caller)
        self.doctors = Doctors(caller)
        self.devices = Devices(caller)
        self.kiosk = Kiosk(caller)
        self.patients = Patients(caller)
        self.slots = Slots(caller)
        self.appointments = Appointments(caller)
        self.queue = Queue(caller)
        self.visits = Visits(caller)
        self.prescriptions = Prescriptions(caller)
        self.inventory = Inventory(caller)
        self.dispensing = Dispensing(caller)
        self.billing = Billing(caller)
        self.reports = Reports(caller)
        self.audit = Audit(caller)
        self.system = System(caller)
        self.rpc = Rpc(caller)
