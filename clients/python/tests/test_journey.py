"""One patient's whole way through the clinic, by the methods alone."""

from __future__ import annotations

from typing import Any

import pytest

from clinicd import CallFailed, Clinic

from daemon import Daemon


def logged_in(daemon: Daemon, role: str) -> Clinic:
    clinic = Clinic(f"unix:{daemon.socket}")
    clinic.login(*daemon.password(role))
    return clinic


def slot_now(desk: Clinic, admin: Clinic, doctor: int) -> Any:
    """A free slot of today that can be checked in now."""
    today = desk.system.stats()["today"]
    for _ in range(2):
        free = desk.slots.list(doctor_id=doctor, from_=today, to=today, available=True)["items"]
        if free:
            return free[0]
        admin.slots.create_bulk(
            doctor_id=doctor, from_=today, to=today, start="00:00", end="23:55", minutes=5
        )
    raise AssertionError("no free slot today")


def test_from_the_door_to_the_pharmacy(daemon: Daemon) -> None:
    desk, doctor = logged_in(daemon, "reception"), logged_in(daemon, "doctor")
    pharmacist, admin = logged_in(daemon, "pharmacist"), logged_in(daemon, "admin")
    me = doctor.auth.whoami()["id"]
    assert me is not None
    # Registered, booked, checked in, called.
    patient = desk.patients.create(
        name="Asha Journey", phone="020 7946 0777", date_of_birth="1980-02-03",
        allergies=["Penicillin"],
    )["id"]
    slot = slot_now(desk, admin, me)
    appointment = desk.appointments.create(patient_id=patient, slot_id=slot["id"])
    checked_in: Any = desk.queue.check_in(appointment_id=appointment["id"])
    doctor.queue.set_status(token=checked_in["token"], status="WITH_DOCTOR")
    # Vitals, notes, a prescription; one that the patient is allergic to needs a reason.
    visit = doctor.visits.create(token=checked_in["token"])["id"]
    doctor.call(
        "visits.update",
        {"id": visit, "vitals": {"blood_pressure": "120/80", "pulse": 72},
         "chief_complaint": "Cough", "diagnosis": "Bronchitis", "diagnosis_codes": ["J20.9"]},
    )
    doctor.visits.add_note(visit_id=visit, category="SYMPTOM", text="Three days")
    medicine = pharmacist.inventory.add_medicine(
        name="Journeymycin", unit_price="2.50", reorder_level=5
    )["id"]
    penicillin = pharmacist.inventory.add_medicine(
        name="Amoxil", unit_price="1.00", drug_class="Penicillin"
    )["id"]
    for number, expiry in (("late", "2031-01-01"), ("soon", "2030-01-01")):
        pharmacist.inventory.add_batch(
            medicine_id=medicine, batch_number=number, quantity=6, expiry_date=expiry
        )
    item: Any = {"dosage": "1 tablet", "frequency": "twice a day", "quantity": 8}
    wrong: Any = [{**item, "medicine_id": penicillin}]
    right: Any = [{**item, "medicine_id": medicine}]
    with pytest.raises(CallFailed) as allergy:
        doctor.prescriptions.create(visit_id=visit, items=wrong)
    assert allergy.value.reason == "allergy_match"
    prescription = doctor.prescriptions.create(visit_id=visit, items=right)["id"]
    assert doctor.visits.complete(id=visit)["status"] == "COMPLETED"
    assert desk.appointments.get(id=appointment["id"])["status"] == "COMPLETED"
    # Billed, paid, dispensed: first expired, first out.
    with pytest.raises(CallFailed) as unpaid:
        pharmacist.dispensing.create(prescription_id=prescription)
    assert unpaid.value.reason == "invoice_not_paid"
    invoice = desk.billing.create(mode="AUTO", prescription_id=prescription)
    assert invoice["total"] == "20.00"
    paid = desk.billing.pay(id=invoice["id"], payment_method="CASH", amount="50.00")
    assert (paid["status"], paid["change"]) == ("PAID", "30.00")
    dispensed: Any = pharmacist.dispensing.create(prescription_id=prescription)
    taken = {each["batch_number"]: each["quantity"] for each in dispensed["items"]}
    assert taken == {"soon": 6, "late": 2}
    low = [each["id"] for each in pharmacist.inventory.low_stock(limit=200)["items"]]
    assert medicine in low
    summary: Any = admin.reports.daily_summary()
    assert summary
    history = doctor.patients.history(patient_id=patient)["items"]
    assert [each["visit_id"] for each in history] == [visit]
    for clinic in (desk, doctor, pharmacist, admin):
        clinic.close()
