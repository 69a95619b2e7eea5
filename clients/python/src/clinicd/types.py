"""The objects of params and results. Made from clients/openrpc.json by `make generated`."""

from __future__ import annotations

from typing import Any, List, Literal, TypedDict, Union


class User(TypedDict):
    id: int
    username: str
    email: str | None
    full_name: str
    role: Literal["ADMIN", "DOCTOR", "PHARMACIST", "RECEPTION", "KIOSK", "DISPLAY"]
    speciality: str | None
    room: str | None
    enabled: bool
    version: int
    created_at: str


class Patient(TypedDict):
    id: int
    name: str
    phone: str | None
    date_of_birth: str | None
    estimated_age: int | None
    sex: Literal["FEMALE", "MALE", "OTHER", "UNKNOWN"]
    email: str | None
    address: str | None
    allergies: List[str]
    chronic_conditions: List[str]
    medical_history: str | None
    emergency_contact: PatientEmergencyContact | None
    verified: bool
    archived_at: str | None
    version: int
    created_at: str
    updated_at: str


class Appointment(TypedDict):
    id: int
    patient_id: int
    patient_name: str
    doctor_id: int
    doctor_name: str
    slot_id: int
    date: str
    start_time: str
    end_time: str
    status: Literal["SCHEDULED", "CHECKED_IN", "WITH_DOCTOR", "COMPLETED", "CANCELLED", "NO_SHOW"]
    reason: str | None
    notes: str | None
    cancel_reason: str | None
    token: str | None
    version: int
    created_at: str
    updated_at: str
    history: List[AppointmentHistoryItem]


class Visit(TypedDict):
    id: int
    patient_id: int
    patient_name: str
    doctor_id: int
    doctor_name: str
    token: str | None
    appointment_id: int | None
    date: str
    status: Literal["OPEN", "COMPLETED"]
    vitals: VisitVitals | None
    warnings: List[VisitWarningsItem]
    chief_complaint: str | None
    diagnosis: str | None
    diagnosis_codes: List[str]
    treatment_plan: str | None
    signed_by: int | None
    completed_at: str | None
    version: int
    created_at: str
    updated_at: str
    notes: List[VisitsAddNoteResult] | None
    prescriptions: List[Prescription] | None


class Prescription(TypedDict):
    id: int
    visit_id: int
    patient_id: int
    patient_name: str
    doctor_id: int
    doctor_name: str
    date: str
    status: Literal["ACTIVE", "CANCELLED"]
    dispense_state: Literal["NONE", "PARTIAL", "FULL"]
    allergy_check: Literal["CLEAR", "MATCH", "NOT_RUN"]
    warnings: List[PrescriptionWarningsItem]
    override_reason: str | None
    notes: str | None
    cancel_reason: str | None
    cancelled_at: str | None
    invoice_id: int | None
    invoice_status: str | None
    items: List[PrescriptionItemsItem]
    version: int
    created_at: str
    updated_at: str


class Dispensing(TypedDict):
    id: int
    prescription_id: int
    patient_id: int
    patient_name: str
    pharmacist_id: int
    pharmacist_name: str
    invoice_id: int | None
    allergy_check: Literal["CLEAR", "MATCH", "NOT_RUN"]
    override_reason: str | None
    date: str
    dispensed_at: str
    items: List[DispensingItemsItem]


class Invoice(TypedDict):
    payment_method: Literal["CASH", "CARD", "UPI"] | None
    items: List[InvoiceItemsItem]
    payments: List[InvoicePaymentsItem]
    refunds: List[InvoiceRefundsItem]
    id: int
    number: int | None
    invoice_number: str | None
    mode: Literal["AUTO", "MANUAL"]
    status: Literal["DRAFT", "PENDING", "PAID", "CANCELLED"]
    patient_id: int
    patient_name: str
    prescription_id: int | None
    visit_id: int | None
    date: str
    subtotal: str
    discount_percent: str | None
    discount: str
    tax_percent: str
    tax: str
    total: str
    paid: str
    refunded: str
    balance: str
    notes: str | None
    cancel_reason: str | None
    created_by: str
    issued_at: str | None
    paid_at: str | None
    cancelled_at: str | None
    version: int
    created_at: str
    updated_at: str


class Credentials(TypedDict):
    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    user: User


class AuthAuthenticateResult(TypedDict):
    user: AuthWhoamiResult
    expires_in: int


class AuthLogoutResult(TypedDict):
    ok: bool


class AuthWhoamiResult(TypedDict):
    role: Literal["ADMIN", "DOCTOR", "PHARMACIST", "RECEPTION", "KIOSK", "DISPLAY"]
    id: int | None
    username: str
    full_name: str | None
    room: str | None


class UsersListResult(TypedDict):
    items: List[User]
    next_cursor: str | None


class DoctorsListResult(TypedDict):
    items: List[DoctorsListResultItemsItem]
    next_cursor: str | None


class DevicesRequestPairingResult(TypedDict):
    code: str
    secret: str
    expires_in: int


class DevicesClaimResult(TypedDict):
    status: Literal["PENDING", "APPROVED", "CLAIMED", "REVOKED"]
    access_token: str | None
    refresh_token: str | None
    token_type: str | None
    expires_in: int | None
    user: User | None


class DevicesApproveResult(TypedDict):
    id: int
    name: str | None
    role: Literal["KIOSK", "DISPLAY"]
    status: Literal["PENDING", "APPROVED", "CLAIMED", "REVOKED"]
    user_id: int | None
    approved_by: str | None
    approved_at: str | None
    claimed_at: str | None
    revoked_at: str | None
    created_at: str


class DevicesListResult(TypedDict):
    items: List[DevicesApproveResult]
    next_cursor: str | None


class KioskIdentifyResult(TypedDict):
    visitor: str
    expires_in: int
    appointments: List[KioskIdentifyResultAppointmentsItem]


class PatientsListResult(TypedDict):
    items: List[PatientsListResultItemsItem]
    next_cursor: str | None


class PatientsCreateResult(TypedDict):
    id: int
    name: str
    phone: str | None
    date_of_birth: str | None
    estimated_age: int | None
    sex: Literal["FEMALE", "MALE", "OTHER", "UNKNOWN"]
    email: str | None
    address: str | None
    allergies: List[str]
    chronic_conditions: List[str]
    medical_history: str | None
    emergency_contact: PatientEmergencyContact | None
    verified: bool
    archived_at: str | None
    version: int
    created_at: str
    updated_at: str
    possible_duplicates: List[PatientsCreateResultPossibleDuplicatesItem]


class PatientsHistoryResult(TypedDict):
    items: List[PatientsHistoryResultItemsItem]
    next_cursor: str | None


class SlotsCreateBulkResult(TypedDict):
    created: int
    items: List[SlotsCreateBulkResultItemsItem]
    skipped: List[SlotsCreateBulkResultSkippedItem]


class SlotsBlockResult(TypedDict):
    id: int
    doctor_id: int
    date: str
    start_time: str
    end_time: str
    is_blocked: bool
    block_reason: str | None
    appointment_id: int | None
    is_available: bool
    version: int
    cancelled_appointment_id: int | None


class SlotsUnblockResult(TypedDict):
    id: int
    doctor_id: int
    date: str
    start_time: str
    end_time: str
    is_blocked: bool
    block_reason: str | None
    appointment_id: int | None
    is_available: bool
    version: int


class SlotsListResult(TypedDict):
    items: List[SlotsUnblockResult]
    next_cursor: str | None


class AppointmentsCreateResult(TypedDict):
    id: int
    patient_id: int
    patient_name: str
    doctor_id: int
    doctor_name: str
    slot_id: int
    date: str
    start_time: str
    end_time: str
    status: Literal["SCHEDULED", "CHECKED_IN", "WITH_DOCTOR", "COMPLETED", "CANCELLED", "NO_SHOW"]
    reason: str | None
    notes: str | None
    cancel_reason: str | None
    token: str | None
    version: int
    created_at: str
    updated_at: str


class AppointmentsListResult(TypedDict):
    items: List[AppointmentsCreateResult]
    next_cursor: str | None


class QueueToken(TypedDict):
    token: str
    date: str
    number: int
    status: Literal["WAITING", "WITH_DOCTOR", "SKIPPED", "COMPLETED", "CANCELLED", "NO_SHOW"]
    priority: Literal["ROUTINE", "URGENT", "EMERGENCY"]
    patient_id: int
    patient_name: str
    doctor_id: int | None
    arrived_at: str
    called_at: str | None
    ended_at: str | None
    passed_over: int
    calls_to_wait: int | None
    auto_closed: bool
    appointment_id: int | None
    due_at: str | None


class BoardToken(TypedDict):
    token: str
    room: str | None
    state: Literal["WAITING", "WITH_DOCTOR", "SKIPPED", "COMPLETED", "CANCELLED", "NO_SHOW"]
    doctor_label: str | None


class QueueTodayResult(TypedDict):
    date: str
    version: int
    tokens: List[QueueToken]
    board: Board


class QueueTodayResult2(TypedDict):
    date: str
    version: int
    tokens: List[BoardToken]
    board: Board


class QueueSummaryResult(TypedDict):
    date: str
    closed: bool
    counts: QueueSummaryResultCounts
    waits: QueueSummaryResultWaits
    consultations: QueueSummaryResultWaits
    by_doctor: List[QueueSummaryResultByDoctorItem]


class _QueueSubscribeResult(TypedDict):
    subscription: str
    date: str
    version: int


class QueueSubscribeResult(_QueueSubscribeResult, total=False):
    snapshot: QueueTodayResult | QueueTodayResult2
    replay: List[Any]


class VisitsCreateResult(TypedDict):
    id: int
    patient_id: int
    patient_name: str
    doctor_id: int
    doctor_name: str
    token: str | None
    appointment_id: int | None
    date: str
    status: Literal["OPEN", "COMPLETED"]
    vitals: VisitVitals | None
    warnings: List[VisitWarningsItem]
    chief_complaint: str | None
    diagnosis: str | None
    diagnosis_codes: List[str]
    treatment_plan: str | None
    signed_by: int | None
    completed_at: str | None
    version: int
    created_at: str
    updated_at: str


class VisitsListResult(TypedDict):
    items: List[VisitsListResultItemsItem]
    next_cursor: str | None


class VisitsAddNoteResult(TypedDict):
    id: int
    visit_id: int
    category: Literal["SYMPTOM", "OBSERVATION", "DIAGNOSIS", "TREATMENT"]
    text: str
    is_addendum: bool
    author_id: int
    author_name: str
    created_at: str


class VisitsListNotesResult(TypedDict):
    items: List[VisitsAddNoteResult]
    next_cursor: str | None


class PrescriptionsListResult(TypedDict):
    items: List[PrescriptionsListResultItemsItem]
    next_cursor: str | None


class PrescriptionsPrintResult(TypedDict):
    format: Literal["text", "receipt", "html", "pdf"]
    content_type: str
    content: str


class InventoryListMedicinesResult(TypedDict):
    items: List[InventoryAddMedicineResult]
    next_cursor: str | None


class InventoryAddMedicineResult(TypedDict):
    id: int
    name: str
    generic_name: str | None
    drug_class: str | None
    manufacturer: str | None
    form: str | None
    strength: str | None
    unit_price: str
    reorder_level: int
    is_active: bool
    usable_stock: int
    version: int
    created_at: str
    updated_at: str


class InventoryGetMedicineResult(TypedDict):
    id: int
    name: str
    generic_name: str | None
    drug_class: str | None
    manufacturer: str | None
    form: str | None
    strength: str | None
    unit_price: str
    reorder_level: int
    is_active: bool
    usable_stock: int
    version: int
    created_at: str
    updated_at: str
    batches: List[InventoryAddBatchResult]


class InventoryExpiringResult(TypedDict):
    items: List[InventoryAddBatchResult]
    next_cursor: str | None


class InventoryAddBatchResult(TypedDict):
    id: int
    medicine_id: int
    medicine_name: str
    batch_number: str
    quantity: int
    expiry_date: str
    cost_price: str | None
    supplier: str | None
    is_held: bool
    hold_reason: str | None
    is_expired: bool
    version: int
    created_at: str
    updated_at: str


class InventoryStocktakeResult(TypedDict):
    counted: int
    differences: List[InventoryStocktakeResultDifferencesItem]


class DispensingCreateResult(TypedDict):
    id: int
    prescription_id: int
    patient_id: int
    patient_name: str
    pharmacist_id: int
    pharmacist_name: str
    invoice_id: int | None
    allergy_check: Literal["CLEAR", "MATCH", "NOT_RUN"]
    override_reason: str | None
    date: str
    dispensed_at: str
    items: List[DispensingItemsItem]
    warnings: List[PrescriptionWarningsItem]
    remaining: List[DispensingCreateResultRemainingItem]
    low_stock: List[DispensingCreateResultLowStockItem]


class DispensingListResult(TypedDict):
    items: List[Dispensing]
    next_cursor: str | None


class DispensingReturnResult(TypedDict):
    dispensing_id: int
    prescription_id: int
    items: List[DispensingReturnResultItemsItem]
    remaining: List[DispensingCreateResultRemainingItem]
    invoice_id: int | None
    refund_due: str | None


class BillingListResult(TypedDict):
    items: List[BillingListResultItemsItem]
    next_cursor: str | None


class BillingPayResult(TypedDict):
    payment_method: Literal["CASH", "CARD", "UPI"] | None
    items: List[InvoiceItemsItem]
    payments: List[InvoicePaymentsItem]
    refunds: List[InvoiceRefundsItem]
    id: int
    number: int | None
    invoice_number: str | None
    mode: Literal["AUTO", "MANUAL"]
    status: Literal["DRAFT", "PENDING", "PAID", "CANCELLED"]
    patient_id: int
    patient_name: str
    prescription_id: int | None
    visit_id: int | None
    date: str
    subtotal: str
    discount_percent: str | None
    discount: str
    tax_percent: str
    tax: str
    total: str
    paid: str
    refunded: str
    balance: str
    notes: str | None
    cancel_reason: str | None
    created_by: str
    issued_at: str | None
    paid_at: str | None
    cancelled_at: str | None
    version: int
    created_at: str
    updated_at: str
    change: str


class ReportsAuditLogsResult(TypedDict):
    items: List[ReportsAuditLogsResultItemsItem]
    next_cursor: str | None


class ReportsStockMovementsResult(TypedDict):
    items: List[ReportsStockMovementsResultItemsItem]
    next_cursor: str | None


class ReportsDailySummaryResult(TypedDict):
    date: str
    final: bool
    queue: QueueSummaryResultCounts
    auto_closed: List[str]
    waits: QueueSummaryResultWaits
    consultations: QueueSummaryResultWaits
    appointments: ReportsDailySummaryResultAppointments
    visits: ReportsDailySummaryResultVisits
    new_patients: int
    prescriptions: int
    dispensings: int
    invoices: ReportsDailySummaryResultInvoices
    payments: ReportsDailySummaryResultPayments
    refunds: ReportsDailySummaryResultPayments
    tax: str
    revenue: str
    stock_movements: List[ReportsDailySummaryResultStockMovementsItem]


AuditVerifyResult = TypedDict(
    "AuditVerifyResult",
    {
        "from": "int",
        "next": "int | None",
        "checked": "int",
        "ok": "bool",
        "first_bad": "AuditVerifyResultFirstBad | None",
        "sealed": "int",
        "unsealed": "int",
        "head": "str | None",
        "anchors": "List[AuditVerifyResultAnchorsItem]",
    },
)


class SystemPingResult(TypedDict):
    pong: bool


class SystemVersionResult(TypedDict):
    name: str
    version: str
    clinic: str
    time_zone: str
    appointments_by: Literal["arrival", "slot"]


class SystemHealthResult(TypedDict):
    status: Literal["up", "down"]
    stores: List[SystemHealthResultStoresItem]
    details: SystemHealthResultDetails | None


class SystemStatsResult(TypedDict):
    subscriptions: int
    published: int
    delivered: int
    overflows: int
    today: str


class SystemRebuildResult(TypedDict):
    store: Literal["redis", "mongo"]
    items: int


class SystemReconcileResult(TypedDict):
    ok: bool
    checked: List[SystemReconcileResultCheckedItem]
    found: int
    differences: List[SystemReconcileResultDifferencesItem]
    repaired: int


class RpcCancelResult(TypedDict):
    cancelled: bool


class _PatientsCreateEmergencyContact(TypedDict):
    name: str


class PatientsCreateEmergencyContact(_PatientsCreateEmergencyContact, total=False):
    phone: str | None
    relation: str | None


class SlotsCreateBulkBreaksItem(TypedDict):
    start: str
    end: str


class QueueSubscribeSince(TypedDict):
    date: str
    version: int


class VisitsCreateVitals(TypedDict, total=False):
    blood_pressure: str | VisitsCreateVitalsBloodPressure | None
    temperature: float | str | VisitsCreateVitalsTemperature | None
    pulse: float | str | VisitsCreateVitalsTemperature | None
    weight: float | str | VisitsCreateVitalsTemperature | None
    height: float | str | VisitsCreateVitalsTemperature | None
    spo2: float | str | VisitsCreateVitalsTemperature | None
    respiratory_rate: float | str | VisitsCreateVitalsTemperature | None


class _PrescriptionsCreateItemsItem(TypedDict):
    medicine_id: int
    dosage: str
    frequency: str
    quantity: int


class PrescriptionsCreateItemsItem(_PrescriptionsCreateItemsItem, total=False):
    duration_days: int | None
    instructions: str | None


class InventoryStocktakeCountsItem(TypedDict):
    batch_id: int
    counted: int


class _DispensingCreateItemsItem(TypedDict):
    quantity: int


class DispensingCreateItemsItem(_DispensingCreateItemsItem, total=False):
    prescription_item_id: int | None
    medicine_id: int | None


class DispensingReturnItemsItem(TypedDict):
    dispensing_item_id: int
    quantity: int


class _BillingCreateItemsItem(TypedDict):
    quantity: int


class BillingCreateItemsItem(_BillingCreateItemsItem, total=False):
    description: str | None
    unit_price: str | float | None
    medicine_id: int | None


class _BillingPayPaymentsItem(TypedDict):
    payment_method: Literal["CASH", "CARD", "UPI"]
    amount: str | float


class BillingPayPaymentsItem(_BillingPayPaymentsItem, total=False):
    reference: str | None


class PatientEmergencyContact(TypedDict):
    name: str
    phone: str | None
    relation: str | None


class AppointmentHistoryItem(TypedDict):
    at: str
    status: Literal["SCHEDULED", "CHECKED_IN", "WITH_DOCTOR", "COMPLETED", "CANCELLED", "NO_SHOW"]
    slot_id: int
    changed_by: str
    reason: str | None


class VisitVitals(TypedDict):
    blood_pressure: VisitVitalsBloodPressure | None
    temperature: VisitVitalsTemperature | None
    pulse: VisitVitalsTemperature | None
    weight: VisitVitalsTemperature | None
    height: VisitVitalsTemperature | None
    spo2: VisitVitalsTemperature | None
    respiratory_rate: VisitVitalsTemperature | None


class VisitWarningsItem(TypedDict):
    field: str
    message: str


class PrescriptionWarningsItem(TypedDict):
    medicine_id: int
    allergy: str
    matched: Literal["name", "generic_name", "drug_class"]


class PrescriptionItemsItem(TypedDict):
    id: int
    position: int
    medicine_id: int
    medicine_name: str
    generic_name: str | None
    form: str | None
    strength: str | None
    dosage: str
    frequency: str
    duration_days: int | None
    quantity: int
    dispensed: int
    remaining: int
    instructions: str | None


class DispensingItemsItem(TypedDict):
    id: int
    prescription_item_id: int
    medicine_id: int
    medicine_name: str
    batch_id: int
    batch_number: str
    expiry_date: str
    quantity: int
    unit_price: str
    returned: int


class InvoiceItemsItem(TypedDict):
    description: str
    medicine_id: int | None
    prescription_item_id: int | None
    quantity: int
    unit_price: str
    line_total: str


class InvoicePaymentsItem(TypedDict):
    id: int
    payment_method: Literal["CASH", "CARD", "UPI"]
    amount: str
    tendered: str
    change: str
    reference: str | None
    received_by: str
    date: str
    paid_at: str


class InvoiceRefundsItem(TypedDict):
    id: int
    payment_method: Literal["CASH", "CARD", "UPI"]
    amount: str
    reason: str
    refunded_by: str
    date: str
    refunded_at: str


class DoctorsListResultItemsItem(TypedDict):
    id: int
    name: str
    speciality: str | None
    room: str | None
    serving_now: bool


class KioskIdentifyResultAppointmentsItem(TypedDict):
    start_time: str
    doctor_label: str
    room: str | None


class PatientsListResultItemsItem(TypedDict):
    id: int
    name: str
    phone: str | None
    date_of_birth: str | None
    estimated_age: int | None
    sex: Literal["FEMALE", "MALE", "OTHER", "UNKNOWN"]
    verified: bool
    archived_at: str | None
    version: int


class PatientsCreateResultPossibleDuplicatesItem(TypedDict):
    id: int
    name: str
    phone: str | None
    date_of_birth: str | None
    score: float


class PatientsHistoryResultItemsItem(TypedDict):
    visit_id: int
    visit_date: str
    status: str
    patient: PatientsHistoryResultItemsItemPatient
    doctor: PatientsHistoryResultItemsItemPatient
    token: str | None
    appointment_id: int | None
    vitals: Any
    chief_complaint: str | None
    diagnosis: str | None
    diagnosis_codes: List[str]
    treatment_plan: str | None
    completed_at: str | None
    notes: List[PatientsHistoryResultItemsItemNotesItem]
    prescriptions: List[PatientsHistoryResultItemsItemPrescriptionsItem]


class SlotsCreateBulkResultItemsItem(TypedDict):
    id: int
    date: str
    start_time: str
    end_time: str


class SlotsCreateBulkResultSkippedItem(TypedDict):
    date: str
    start_time: str
    reason: Literal["exists", "overlaps", "no_such_time", "past"]
    slot_id: int | None


class Board(TypedDict):
    serving: List[BoardToken]
    next: List[BoardToken]
    waiting: int
    estimated_wait_minutes: int | None


class QueueSummaryResultCounts(TypedDict):
    waiting: int
    with_doctor: int
    skipped: int
    completed: int
    cancelled: int
    no_show: int
    auto_closed: int
    total: int


class QueueSummaryResultWaits(TypedDict):
    count: int
    mean_seconds: int | None
    p50_seconds: int | None
    p90_seconds: int | None


class QueueSummaryResultByDoctorItem(TypedDict):
    doctor_id: int | None
    doctor_name: str | None
    counts: QueueSummaryResultCounts
    waits: QueueSummaryResultWaits
    consultations: QueueSummaryResultWaits


class VisitsListResultItemsItem(TypedDict):
    id: int
    patient_id: int
    patient_name: str
    doctor_id: int
    doctor_name: str
    date: str
    status: Literal["OPEN", "COMPLETED"]
    chief_complaint: str | None
    diagnosis_codes: List[str]
    completed_at: str | None
    version: int
    created_at: str


class PrescriptionsListResultItemsItem(TypedDict):
    id: int
    patient_id: int
    date: str
    status: Literal["ACTIVE", "CANCELLED"]
    invoice_id: int | None
    invoice_status: str | None
    is_billable: bool
    visit_id: int | None
    patient_name: str | None
    doctor_id: int | None
    doctor_name: str | None
    dispense_state: Literal["NONE", "PARTIAL", "FULL"] | None
    allergy_check: Literal["CLEAR", "MATCH", "NOT_RUN"] | None
    item_count: int | None
    version: int | None


class InventoryStocktakeResultDifferencesItem(TypedDict):
    batch_id: int
    medicine_id: int
    medicine_name: str
    batch_number: str
    expected: int
    counted: int
    difference: int


class DispensingCreateResultRemainingItem(TypedDict):
    prescription_item_id: int
    medicine_id: int
    medicine_name: str
    prescribed: int
    dispensed: int
    remaining: int


class DispensingCreateResultLowStockItem(TypedDict):
    medicine_id: int
    medicine_name: str
    usable_stock: int
    reorder_level: int


class DispensingReturnResultItemsItem(TypedDict):
    dispensing_item_id: int
    prescription_item_id: int
    medicine_id: int
    batch_id: int
    quantity: int
    is_discarded: bool


class BillingListResultItemsItem(TypedDict):
    id: int
    number: int | None
    invoice_number: str | None
    mode: Literal["AUTO", "MANUAL"]
    status: Literal["DRAFT", "PENDING", "PAID", "CANCELLED"]
    patient_id: int
    patient_name: str
    prescription_id: int | None
    visit_id: int | None
    date: str
    subtotal: str
    discount_percent: str | None
    discount: str
    tax_percent: str
    tax: str
    total: str
    paid: str
    refunded: str
    balance: str
    notes: str | None
    cancel_reason: str | None
    created_by: str
    issued_at: str | None
    paid_at: str | None
    cancelled_at: str | None
    version: int
    created_at: str
    updated_at: str


class ReportsAuditLogsResultItemsItem(TypedDict):
    position: int
    timestamp: str
    user: ReportsAuditLogsResultItemsItemUser
    source: str
    action: str
    resource: ReportsAuditLogsResultItemsItemResource
    outcome: str
    request_id: str
    details: Any


class ReportsStockMovementsResultItemsItem(TypedDict):
    movement_id: int
    timestamp: str
    movement_type: Literal["RECEIVED", "DISPENSED", "RETURNED", "ADJUSTED", "STOCKTAKE", "DISCARDED"]
    medicine: ReportsStockMovementsResultItemsItemMedicine
    batch: ReportsStockMovementsResultItemsItemBatch
    quantity: int
    balance: int
    reason: str | None
    dispensing_id: int | None
    user: ReportsStockMovementsResultItemsItemMedicine


class ReportsDailySummaryResultAppointments(TypedDict):
    scheduled: int
    checked_in: int
    with_doctor: int
    completed: int
    cancelled: int
    no_show: int
    total: int


class ReportsDailySummaryResultVisits(TypedDict):
    total: int
    completed: int


class ReportsDailySummaryResultInvoices(TypedDict):
    issued: int
    subtotal: str
    discount: str
    tax: str
    total: str


class ReportsDailySummaryResultPayments(TypedDict):
    cash: str
    card: str
    upi: str
    total: str


class ReportsDailySummaryResultStockMovementsItem(TypedDict):
    movement_type: str
    count: int
    quantity: int


class AuditVerifyResultFirstBad(TypedDict):
    position: int
    reason: Literal["link_mismatch", "entry_missing", "position_missing", "inserted", "tail_cut", "anchor_mismatch"]


class AuditVerifyResultAnchorsItem(TypedDict):
    position: int
    ok: bool


class SystemHealthResultStoresItem(TypedDict):
    name: str
    state: Literal["up", "down"]


class SystemHealthResultDetails(TypedDict):
    relay_leader: bool
    audit_key_fits: bool | None
    audit_unsealed: int | None
    audit_unshipped: int | None
    outbox_waiting: int | None
    outbox_oldest_seconds: float | None
    queue_version: int
    queue_version_redis: int | None


class SystemReconcileResultCheckedItem(TypedDict):
    what: str
    count: int


class SystemReconcileResultDifferencesItem(TypedDict):
    store: Literal["postgresql", "redis", "mongodb"]
    what: str
    key: str
    expected: str | None
    found: str | None


class _VisitsCreateVitalsBloodPressure(TypedDict):
    systolic: str | float
    diastolic: str | float


class VisitsCreateVitalsBloodPressure(_VisitsCreateVitalsBloodPressure, total=False):
    unit: str | None


class _VisitsCreateVitalsTemperature(TypedDict):
    value: str | float


class VisitsCreateVitalsTemperature(_VisitsCreateVitalsTemperature, total=False):
    unit: str | None
    standard_value: Any


class VisitVitalsBloodPressure(TypedDict):
    systolic: float
    diastolic: float
    unit: str


class VisitVitalsTemperature(TypedDict):
    value: float
    unit: str
    standard_value: float


class PatientsHistoryResultItemsItemPatient(TypedDict):
    id: int
    name: str


class PatientsHistoryResultItemsItemNotesItem(TypedDict):
    id: int
    category: str
    text: str
    author: PatientsHistoryResultItemsItemPatient
    is_addendum: bool
    created_at: str


class PatientsHistoryResultItemsItemPrescriptionsItem(TypedDict):
    id: int
    date: str
    status: str
    notes: str | None
    items: List[PatientsHistoryResultItemsItemPrescriptionsItemItemsItem]


class ReportsAuditLogsResultItemsItemUser(TypedDict):
    id: int | None
    name: str | None
    role: str | None


class ReportsAuditLogsResultItemsItemResource(TypedDict):
    type: str | None
    id: str | None


class ReportsStockMovementsResultItemsItemMedicine(TypedDict):
    id: int | None
    name: str


class ReportsStockMovementsResultItemsItemBatch(TypedDict):
    id: int
    number: str


class PatientsHistoryResultItemsItemPrescriptionsItemItemsItem(TypedDict):
    medicine: PatientsHistoryResultItemsItemPatient
    form: str | None
    strength: str | None
    dosage: str
    frequency: str
    duration_days: int | None
    quantity: int
    instructions: str | None


AuthLoginResult = Credentials

AuthRegisterResult = User

AuthRefreshResult = Credentials

AuthChangePasswordResult = Credentials

UsersGetResult = User

UsersUpdateResult = User

UsersResetPasswordResult = AuthLogoutResult

DevicesRevokeResult = DevicesApproveResult

PatientsGetResult = Patient

PatientsUpdateResult = Patient

PatientsDeleteResult = Patient

PatientsMergeResult = Patient

PatientsUnmergeResult = Patient

AppointmentsGetResult = Appointment

AppointmentsUpdateResult = AppointmentsCreateResult

AppointmentsCancelResult = AppointmentsCreateResult

AppointmentsMarkNoShowResult = AppointmentsCreateResult

QueueWalkInResult = Union[QueueToken, BoardToken]

QueueCheckInResult = Union[QueueToken, BoardToken]

QueueCallNextResult = Union[QueueToken, BoardToken]

QueueSetStatusResult = Union[QueueToken, BoardToken]

QueueUndoResult = Union[QueueToken, BoardToken]

QueueRecallResult = Union[QueueToken, BoardToken]

QueueTransferResult = Union[QueueToken, BoardToken]

QueueSetPriorityResult = Union[QueueToken, BoardToken]

QueueUnsubscribeResult = AuthLogoutResult

VisitsGetResult = Visit

VisitsUpdateResult = VisitsCreateResult

VisitsCompleteResult = VisitsCreateResult

PrescriptionsCreateResult = Prescription

PrescriptionsGetResult = Prescription

PrescriptionsCancelResult = Prescription

InventoryUpdateMedicineResult = InventoryAddMedicineResult

InventoryLowStockResult = InventoryListMedicinesResult

InventoryListBatchesResult = InventoryExpiringResult

InventoryUpdateBatchResult = InventoryAddBatchResult

InventoryHoldBatchResult = InventoryAddBatchResult

InventoryReleaseBatchResult = InventoryAddBatchResult

DispensingGetResult = Dispensing

BillingCreateResult = Invoice

BillingGetResult = Invoice

BillingUpdateResult = Invoice

BillingIssueResult = Invoice

BillingCancelResult = Invoice

BillingRefundResult = Invoice

BillingReceiptResult = PrescriptionsPrintResult

ReportsVisitHistoryResult = PatientsHistoryResult

ReportsPrintDailySummaryResult = PrescriptionsPrintResult

ReportsRollUpResult = ReportsDailySummaryResult

RpcDiscoverResult = Any
