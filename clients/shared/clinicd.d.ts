// The objects of params and results, and the methods. Made from clients/openrpc.json by `make generated`.

export interface User {
  id: number;
  username: string;
  email: string | null;
  full_name: string;
  role: "ADMIN" | "DOCTOR" | "PHARMACIST" | "RECEPTION" | "KIOSK" | "DISPLAY";
  speciality: string | null;
  room: string | null;
  enabled: boolean;
  version: number;
  created_at: string;
}

export interface Patient {
  id: number;
  name: string;
  phone: string | null;
  date_of_birth: string | null;
  estimated_age: number | null;
  sex: "FEMALE" | "MALE" | "OTHER" | "UNKNOWN";
  email: string | null;
  address: string | null;
  allergies: Array<string>;
  chronic_conditions: Array<string>;
  medical_history: string | null;
  emergency_contact: PatientEmergencyContact | null;
  verified: boolean;
  archived_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface Appointment {
  id: number;
  patient_id: number;
  patient_name: string;
  doctor_id: number;
  doctor_name: string;
  slot_id: number;
  date: string;
  start_time: string;
  end_time: string;
  status: "SCHEDULED" | "CHECKED_IN" | "WITH_DOCTOR" | "COMPLETED" | "CANCELLED" | "NO_SHOW";
  reason: string | null;
  notes: string | null;
  cancel_reason: string | null;
  token: string | null;
  version: number;
  created_at: string;
  updated_at: string;
  history: Array<AppointmentHistoryItem>;
}

export interface Visit {
  id: number;
  patient_id: number;
  patient_name: string;
  doctor_id: number;
  doctor_name: string;
  token: string | null;
  appointment_id: number | null;
  date: string;
  status: "OPEN" | "COMPLETED";
  vitals: VisitVitals | null;
  warnings: Array<VisitWarningsItem>;
  chief_complaint: string | null;
  diagnosis: string | null;
  diagnosis_codes: Array<string>;
  treatment_plan: string | null;
  signed_by: number | null;
  completed_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
  notes: Array<VisitsAddNoteResult> | null;
  prescriptions: Array<Prescription> | null;
}

export interface Prescription {
  id: number;
  visit_id: number;
  patient_id: number;
  patient_name: string;
  doctor_id: number;
  doctor_name: string;
  date: string;
  status: "ACTIVE" | "CANCELLED";
  dispense_state: "NONE" | "PARTIAL" | "FULL";
  allergy_check: "CLEAR" | "MATCH" | "NOT_RUN";
  warnings: Array<PrescriptionWarningsItem>;
  override_reason: string | null;
  notes: string | null;
  cancel_reason: string | null;
  cancelled_at: string | null;
  invoice_id: number | null;
  invoice_status: string | null;
  items: Array<PrescriptionItemsItem>;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface Dispensing {
  id: number;
  prescription_id: number;
  patient_id: number;
  patient_name: string;
  pharmacist_id: number;
  pharmacist_name: string;
  invoice_id: number | null;
  allergy_check: "CLEAR" | "MATCH" | "NOT_RUN";
  override_reason: string | null;
  date: string;
  dispensed_at: string;
  items: Array<DispensingItemsItem>;
}

export interface Invoice {
  payment_method: "CASH" | "CARD" | "UPI" | null;
  items: Array<InvoiceItemsItem>;
  payments: Array<InvoicePaymentsItem>;
  refunds: Array<InvoiceRefundsItem>;
  id: number;
  number: number | null;
  invoice_number: string | null;
  mode: "AUTO" | "MANUAL";
  status: "DRAFT" | "PENDING" | "PAID" | "CANCELLED";
  patient_id: number;
  patient_name: string;
  prescription_id: number | null;
  visit_id: number | null;
  date: string;
  subtotal: string;
  discount_percent: string | null;
  discount: string;
  tax_percent: string;
  tax: string;
  total: string;
  paid: string;
  refunded: string;
  balance: string;
  notes: string | null;
  cancel_reason: string | null;
  created_by: string;
  issued_at: string | null;
  paid_at: string | null;
  cancelled_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface Credentials {
  access_token: string;
  refresh_token: string;
  token_type: string;
  expires_in: number;
  user: User;
}

export interface AuthAuthenticateResult {
  user: AuthWhoamiResult;
  expires_in: number;
}

export interface AuthLogoutResult {
  ok: boolean;
}

export interface AuthWhoamiResult {
  role: "ADMIN" | "DOCTOR" | "PHARMACIST" | "RECEPTION" | "KIOSK" | "DISPLAY";
  id: number | null;
  username: string;
  full_name: string | null;
  room: string | null;
}

export interface UsersListResult {
  items: Array<User>;
  next_cursor: string | null;
}

export interface DoctorsListResult {
  items: Array<DoctorsListResultItemsItem>;
  next_cursor: string | null;
}

export interface DevicesRequestPairingResult {
  code: string;
  secret: string;
  expires_in: number;
}

export interface DevicesClaimResult {
  status: "PENDING" | "APPROVED" | "CLAIMED" | "REVOKED";
  access_token: string | null;
  refresh_token: string | null;
  token_type: string | null;
  expires_in: number | null;
  user: User | null;
}

export interface DevicesApproveResult {
  id: number;
  name: string | null;
  role: "KIOSK" | "DISPLAY";
  status: "PENDING" | "APPROVED" | "CLAIMED" | "REVOKED";
  user_id: number | null;
  approved_by: string | null;
  approved_at: string | null;
  claimed_at: string | null;
  revoked_at: string | null;
  created_at: string;
}

export interface DevicesListResult {
  items: Array<DevicesApproveResult>;
  next_cursor: string | null;
}

export interface KioskIdentifyResult {
  visitor: string;
  expires_in: number;
  appointments: Array<KioskIdentifyResultAppointmentsItem>;
}

export interface PatientsListResult {
  items: Array<PatientsListResultItemsItem>;
  next_cursor: string | null;
}

export interface PatientsCreateResult {
  id: number;
  name: string;
  phone: string | null;
  date_of_birth: string | null;
  estimated_age: number | null;
  sex: "FEMALE" | "MALE" | "OTHER" | "UNKNOWN";
  email: string | null;
  address: string | null;
  allergies: Array<string>;
  chronic_conditions: Array<string>;
  medical_history: string | null;
  emergency_contact: PatientEmergencyContact | null;
  verified: boolean;
  archived_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
  possible_duplicates: Array<PatientsCreateResultPossibleDuplicatesItem>;
}

export interface PatientsHistoryResult {
  items: Array<PatientsHistoryResultItemsItem>;
  next_cursor: string | null;
}

export interface SlotsCreateBulkResult {
  created: number;
  items: Array<SlotsCreateBulkResultItemsItem>;
  skipped: Array<SlotsCreateBulkResultSkippedItem>;
}

export interface SlotsBlockResult {
  id: number;
  doctor_id: number;
  date: string;
  start_time: string;
  end_time: string;
  is_blocked: boolean;
  block_reason: string | null;
  appointment_id: number | null;
  is_available: boolean;
  version: number;
  cancelled_appointment_id: number | null;
}

export interface SlotsUnblockResult {
  id: number;
  doctor_id: number;
  date: string;
  start_time: string;
  end_time: string;
  is_blocked: boolean;
  block_reason: string | null;
  appointment_id: number | null;
  is_available: boolean;
  version: number;
}

export interface SlotsListResult {
  items: Array<SlotsUnblockResult>;
  next_cursor: string | null;
}

export interface AppointmentsCreateResult {
  id: number;
  patient_id: number;
  patient_name: string;
  doctor_id: number;
  doctor_name: string;
  slot_id: number;
  date: string;
  start_time: string;
  end_time: string;
  status: "SCHEDULED" | "CHECKED_IN" | "WITH_DOCTOR" | "COMPLETED" | "CANCELLED" | "NO_SHOW";
  reason: string | null;
  notes: string | null;
  cancel_reason: string | null;
  token: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface AppointmentsListResult {
  items: Array<AppointmentsCreateResult>;
  next_cursor: string | null;
}

export interface QueueToken {
  token: string;
  date: string;
  number: number;
  status: "WAITING" | "WITH_DOCTOR" | "SKIPPED" | "COMPLETED" | "CANCELLED" | "NO_SHOW";
  priority: "ROUTINE" | "URGENT" | "EMERGENCY";
  patient_id: number;
  patient_name: string;
  doctor_id: number | null;
  arrived_at: string;
  called_at: string | null;
  ended_at: string | null;
  passed_over: number;
  calls_to_wait: number | null;
  auto_closed: boolean;
  appointment_id: number | null;
  due_at: string | null;
}

export interface BoardToken {
  token: string;
  room: string | null;
  state: "WAITING" | "WITH_DOCTOR" | "SKIPPED" | "COMPLETED" | "CANCELLED" | "NO_SHOW";
  doctor_label: string | null;
}

export interface QueueTodayResult {
  date: string;
  version: number;
  tokens: Array<QueueToken>;
  board: Board;
}

export interface QueueTodayResult2 {
  date: string;
  version: number;
  tokens: Array<BoardToken>;
  board: Board;
}

export interface QueueSummaryResult {
  date: string;
  closed: boolean;
  counts: QueueSummaryResultCounts;
  waits: QueueSummaryResultWaits;
  consultations: QueueSummaryResultWaits;
  by_doctor: Array<QueueSummaryResultByDoctorItem>;
}

export interface QueueSubscribeResult {
  subscription: string;
  date: string;
  version: number;
  snapshot?: QueueTodayResult | QueueTodayResult2;
  replay?: Array<unknown>;
}

export interface VisitsCreateResult {
  id: number;
  patient_id: number;
  patient_name: string;
  doctor_id: number;
  doctor_name: string;
  token: string | null;
  appointment_id: number | null;
  date: string;
  status: "OPEN" | "COMPLETED";
  vitals: VisitVitals | null;
  warnings: Array<VisitWarningsItem>;
  chief_complaint: string | null;
  diagnosis: string | null;
  diagnosis_codes: Array<string>;
  treatment_plan: string | null;
  signed_by: number | null;
  completed_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface VisitsListResult {
  items: Array<VisitsListResultItemsItem>;
  next_cursor: string | null;
}

export interface VisitsAddNoteResult {
  id: number;
  visit_id: number;
  category: "SYMPTOM" | "OBSERVATION" | "DIAGNOSIS" | "TREATMENT";
  text: string;
  is_addendum: boolean;
  author_id: number;
  author_name: string;
  created_at: string;
}

export interface VisitsListNotesResult {
  items: Array<VisitsAddNoteResult>;
  next_cursor: string | null;
}

export interface PrescriptionsListResult {
  items: Array<PrescriptionsListResultItemsItem>;
  next_cursor: string | null;
}

export interface PrescriptionsPrintResult {
  format: "text" | "receipt" | "html" | "pdf";
  content_type: string;
  content: string;
}

export interface InventoryListMedicinesResult {
  items: Array<InventoryAddMedicineResult>;
  next_cursor: string | null;
}

export interface InventoryAddMedicineResult {
  id: number;
  name: string;
  generic_name: string | null;
  drug_class: string | null;
  manufacturer: string | null;
  form: string | null;
  strength: string | null;
  unit_price: string;
  reorder_level: number;
  is_active: boolean;
  usable_stock: number;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface InventoryGetMedicineResult {
  id: number;
  name: string;
  generic_name: string | null;
  drug_class: string | null;
  manufacturer: string | null;
  form: string | null;
  strength: string | null;
  unit_price: string;
  reorder_level: number;
  is_active: boolean;
  usable_stock: number;
  version: number;
  created_at: string;
  updated_at: string;
  batches: Array<InventoryAddBatchResult>;
}

export interface InventoryExpiringResult {
  items: Array<InventoryAddBatchResult>;
  next_cursor: string | null;
}

export interface InventoryAddBatchResult {
  id: number;
  medicine_id: number;
  medicine_name: string;
  batch_number: string;
  quantity: number;
  expiry_date: string;
  cost_price: string | null;
  supplier: string | null;
  is_held: boolean;
  hold_reason: string | null;
  is_expired: boolean;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface InventoryStocktakeResult {
  counted: number;
  differences: Array<InventoryStocktakeResultDifferencesItem>;
}

export interface DispensingCreateResult {
  id: number;
  prescription_id: number;
  patient_id: number;
  patient_name: string;
  pharmacist_id: number;
  pharmacist_name: string;
  invoice_id: number | null;
  allergy_check: "CLEAR" | "MATCH" | "NOT_RUN";
  override_reason: string | null;
  date: string;
  dispensed_at: string;
  items: Array<DispensingItemsItem>;
  warnings: Array<PrescriptionWarningsItem>;
  remaining: Array<DispensingCreateResultRemainingItem>;
  low_stock: Array<DispensingCreateResultLowStockItem>;
}

export interface DispensingListResult {
  items: Array<Dispensing>;
  next_cursor: string | null;
}

export interface DispensingReturnResult {
  dispensing_id: number;
  prescription_id: number;
  items: Array<DispensingReturnResultItemsItem>;
  remaining: Array<DispensingCreateResultRemainingItem>;
  invoice_id: number | null;
  refund_due: string | null;
}

export interface BillingListResult {
  items: Array<BillingListResultItemsItem>;
  next_cursor: string | null;
}

export interface BillingPayResult {
  payment_method: "CASH" | "CARD" | "UPI" | null;
  items: Array<InvoiceItemsItem>;
  payments: Array<InvoicePaymentsItem>;
  refunds: Array<InvoiceRefundsItem>;
  id: number;
  number: number | null;
  invoice_number: string | null;
  mode: "AUTO" | "MANUAL";
  status: "DRAFT" | "PENDING" | "PAID" | "CANCELLED";
  patient_id: number;
  patient_name: string;
  prescription_id: number | null;
  visit_id: number | null;
  date: string;
  subtotal: string;
  discount_percent: string | null;
  discount: string;
  tax_percent: string;
  tax: string;
  total: string;
  paid: string;
  refunded: string;
  balance: string;
  notes: string | null;
  cancel_reason: string | null;
  created_by: string;
  issued_at: string | null;
  paid_at: string | null;
  cancelled_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
  change: string;
}

export interface ReportsAuditLogsResult {
  items: Array<ReportsAuditLogsResultItemsItem>;
  next_cursor: string | null;
}

export interface ReportsStockMovementsResult {
  items: Array<ReportsStockMovementsResultItemsItem>;
  next_cursor: string | null;
}

export interface ReportsDailySummaryResult {
  date: string;
  final: boolean;
  queue: QueueSummaryResultCounts;
  auto_closed: Array<string>;
  waits: QueueSummaryResultWaits;
  consultations: QueueSummaryResultWaits;
  appointments: ReportsDailySummaryResultAppointments;
  visits: ReportsDailySummaryResultVisits;
  new_patients: number;
  prescriptions: number;
  dispensings: number;
  invoices: ReportsDailySummaryResultInvoices;
  payments: ReportsDailySummaryResultPayments;
  refunds: ReportsDailySummaryResultPayments;
  tax: string;
  revenue: string;
  stock_movements: Array<ReportsDailySummaryResultStockMovementsItem>;
}

export interface AuditVerifyResult {
  from: number;
  next: number | null;
  checked: number;
  ok: boolean;
  first_bad: AuditVerifyResultFirstBad | null;
  sealed: number;
  unsealed: number;
  head: string | null;
  anchors: Array<AuditVerifyResultAnchorsItem>;
}

export interface SystemPingResult {
  pong: boolean;
}

export interface SystemVersionResult {
  name: string;
  version: string;
  clinic: string;
  time_zone: string;
  appointments_by: "arrival" | "slot";
}

export interface SystemHealthResult {
  status: "up" | "down";
  stores: Array<SystemHealthResultStoresItem>;
  details: SystemHealthResultDetails | null;
}

export interface SystemStatsResult {
  subscriptions: number;
  published: number;
  delivered: number;
  overflows: number;
  today: string;
}

export interface SystemRebuildResult {
  store: "redis" | "mongo";
  items: number;
}

export interface SystemReconcileResult {
  ok: boolean;
  checked: Array<SystemReconcileResultCheckedItem>;
  found: number;
  differences: Array<SystemReconcileResultDifferencesItem>;
  repaired: number;
}

export interface RpcCancelResult {
  cancelled: boolean;
}

export interface PatientsCreateEmergencyContact {
  name: string;
  phone?: string | null;
  relation?: string | null;
}

export interface SlotsCreateBulkBreaksItem {
  start: string;
  end: string;
}

export interface QueueSubscribeSince {
  date: string;
  version: number;
}

export interface VisitsCreateVitals {
  blood_pressure?: string | VisitsCreateVitalsBloodPressure | null;
  temperature?: number | string | VisitsCreateVitalsTemperature | null;
  pulse?: number | string | VisitsCreateVitalsTemperature | null;
  weight?: number | string | VisitsCreateVitalsTemperature | null;
  height?: number | string | VisitsCreateVitalsTemperature | null;
  spo2?: number | string | VisitsCreateVitalsTemperature | null;
  respiratory_rate?: number | string | VisitsCreateVitalsTemperature | null;
}

export interface PrescriptionsCreateItemsItem {
  medicine_id: number;
  dosage: string;
  frequency: string;
  duration_days?: number | null;
  quantity: number;
  instructions?: string | null;
}

export interface InventoryStocktakeCountsItem {
  batch_id: number;
  counted: number;
}

export interface DispensingCreateItemsItem {
  prescription_item_id?: number | null;
  medicine_id?: number | null;
  quantity: number;
}

export interface DispensingReturnItemsItem {
  dispensing_item_id: number;
  quantity: number;
}

export interface BillingCreateItemsItem {
  description?: string | null;
  quantity: number;
  unit_price?: string | number | null;
  medicine_id?: number | null;
}

export interface BillingPayPaymentsItem {
  payment_method: "CASH" | "CARD" | "UPI";
  amount: string | number;
  reference?: string | null;
}

export interface PatientEmergencyContact {
  name: string;
  phone: string | null;
  relation: string | null;
}

export interface AppointmentHistoryItem {
  at: string;
  status: "SCHEDULED" | "CHECKED_IN" | "WITH_DOCTOR" | "COMPLETED" | "CANCELLED" | "NO_SHOW";
  slot_id: number;
  changed_by: string;
  reason: string | null;
}

export interface VisitVitals {
  blood_pressure: VisitVitalsBloodPressure | null;
  temperature: VisitVitalsTemperature | null;
  pulse: VisitVitalsTemperature | null;
  weight: VisitVitalsTemperature | null;
  height: VisitVitalsTemperature | null;
  spo2: VisitVitalsTemperature | null;
  respiratory_rate: VisitVitalsTemperature | null;
}

export interface VisitWarningsItem {
  field: string;
  message: string;
}

export interface PrescriptionWarningsItem {
  medicine_id: number;
  allergy: string;
  matched: "name" | "generic_name" | "drug_class";
}

export interface PrescriptionItemsItem {
  id: number;
  position: number;
  medicine_id: number;
  medicine_name: string;
  generic_name: string | null;
  form: string | null;
  strength: string | null;
  dosage: string;
  frequency: string;
  duration_days: number | null;
  quantity: number;
  dispensed: number;
  remaining: number;
  instructions: string | null;
}

export interface DispensingItemsItem {
  id: number;
  prescription_item_id: number;
  medicine_id: number;
  medicine_name: string;
  batch_id: number;
  batch_number: string;
  expiry_date: string;
  quantity: number;
  unit_price: string;
  returned: number;
}

export interface InvoiceItemsItem {
  description: string;
  medicine_id: number | null;
  prescription_item_id: number | null;
  quantity: number;
  unit_price: string;
  line_total: string;
}

export interface InvoicePaymentsItem {
  id: number;
  payment_method: "CASH" | "CARD" | "UPI";
  amount: string;
  tendered: string;
  change: string;
  reference: string | null;
  received_by: string;
  date: string;
  paid_at: string;
}

export interface InvoiceRefundsItem {
  id: number;
  payment_method: "CASH" | "CARD" | "UPI";
  amount: string;
  reason: string;
  refunded_by: string;
  date: string;
  refunded_at: string;
}

export interface DoctorsListResultItemsItem {
  id: number;
  name: string;
  speciality: string | null;
  room: string | null;
  serving_now: boolean;
}

export interface KioskIdentifyResultAppointmentsItem {
  start_time: string;
  doctor_label: string;
  room: string | null;
}

export interface PatientsListResultItemsItem {
  id: number;
  name: string;
  phone: string | null;
  date_of_birth: string | null;
  estimated_age: number | null;
  sex: "FEMALE" | "MALE" | "OTHER" | "UNKNOWN";
  verified: boolean;
  archived_at: string | null;
  version: number;
}

export interface PatientsCreateResultPossibleDuplicatesItem {
  id: number;
  name: string;
  phone: string | null;
  date_of_birth: string | null;
  score: number;
}

export interface PatientsHistoryResultItemsItem {
  visit_id: number;
  visit_date: string;
  status: string;
  patient: PatientsHistoryResultItemsItemPatient;
  doctor: PatientsHistoryResultItemsItemPatient;
  token: string | null;
  appointment_id: number | null;
  vitals: unknown;
  chief_complaint: string | null;
  diagnosis: string | null;
  diagnosis_codes: Array<string>;
  treatment_plan: string | null;
  completed_at: string | null;
  notes: Array<PatientsHistoryResultItemsItemNotesItem>;
  prescriptions: Array<PatientsHistoryResultItemsItemPrescriptionsItem>;
}

export interface SlotsCreateBulkResultItemsItem {
  id: number;
  date: string;
  start_time: string;
  end_time: string;
}

export interface SlotsCreateBulkResultSkippedItem {
  date: string;
  start_time: string;
  reason: "exists" | "overlaps" | "no_such_time" | "past";
  slot_id: number | null;
}

export interface Board {
  serving: Array<BoardToken>;
  next: Array<BoardToken>;
  waiting: number;
  estimated_wait_minutes: number | null;
}

export interface QueueSummaryResultCounts {
  waiting: number;
  with_doctor: number;
  skipped: number;
  completed: number;
  cancelled: number;
  no_show: number;
  auto_closed: number;
  total: number;
}

export interface QueueSummaryResultWaits {
  count: number;
  mean_seconds: number | null;
  p50_seconds: number | null;
  p90_seconds: number | null;
}

export interface QueueSummaryResultByDoctorItem {
  doctor_id: number | null;
  doctor_name: string | null;
  counts: QueueSummaryResultCounts;
  waits: QueueSummaryResultWaits;
  consultations: QueueSummaryResultWaits;
}

export interface VisitsListResultItemsItem {
  id: number;
  patient_id: number;
  patient_name: string;
  doctor_id: number;
  doctor_name: string;
  date: string;
  status: "OPEN" | "COMPLETED";
  chief_complaint: string | null;
  diagnosis_codes: Array<string>;
  completed_at: string | null;
  version: number;
  created_at: string;
}

export interface PrescriptionsListResultItemsItem {
  id: number;
  patient_id: number;
  date: string;
  status: "ACTIVE" | "CANCELLED";
  invoice_id: number | null;
  invoice_status: string | null;
  is_billable: boolean;
  visit_id: number | null;
  patient_name: string | null;
  doctor_id: number | null;
  doctor_name: string | null;
  dispense_state: "NONE" | "PARTIAL" | "FULL" | null;
  allergy_check: "CLEAR" | "MATCH" | "NOT_RUN" | null;
  item_count: number | null;
  version: number | null;
}

export interface InventoryStocktakeResultDifferencesItem {
  batch_id: number;
  medicine_id: number;
  medicine_name: string;
  batch_number: string;
  expected: number;
  counted: number;
  difference: number;
}

export interface DispensingCreateResultRemainingItem {
  prescription_item_id: number;
  medicine_id: number;
  medicine_name: string;
  prescribed: number;
  dispensed: number;
  remaining: number;
}

export interface DispensingCreateResultLowStockItem {
  medicine_id: number;
  medicine_name: string;
  usable_stock: number;
  reorder_level: number;
}

export interface DispensingReturnResultItemsItem {
  dispensing_item_id: number;
  prescription_item_id: number;
  medicine_id: number;
  batch_id: number;
  quantity: number;
  is_discarded: boolean;
}

export interface BillingListResultItemsItem {
  id: number;
  number: number | null;
  invoice_number: string | null;
  mode: "AUTO" | "MANUAL";
  status: "DRAFT" | "PENDING" | "PAID" | "CANCELLED";
  patient_id: number;
  patient_name: string;
  prescription_id: number | null;
  visit_id: number | null;
  date: string;
  subtotal: string;
  discount_percent: string | null;
  discount: string;
  tax_percent: string;
  tax: string;
  total: string;
  paid: string;
  refunded: string;
  balance: string;
  notes: string | null;
  cancel_reason: string | null;
  created_by: string;
  issued_at: string | null;
  paid_at: string | null;
  cancelled_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface ReportsAuditLogsResultItemsItem {
  position: number;
  timestamp: string;
  user: ReportsAuditLogsResultItemsItemUser;
  source: string;
  action: string;
  resource: ReportsAuditLogsResultItemsItemResource;
  outcome: string;
  request_id: string;
  details: unknown;
}

export interface ReportsStockMovementsResultItemsItem {
  movement_id: number;
  timestamp: string;
  movement_type: "RECEIVED" | "DISPENSED" | "RETURNED" | "ADJUSTED" | "STOCKTAKE" | "DISCARDED";
  medicine: ReportsStockMovementsResultItemsItemMedicine;
  batch: ReportsStockMovementsResultItemsItemBatch;
  quantity: number;
  balance: number;
  reason: string | null;
  dispensing_id: number | null;
  user: ReportsStockMovementsResultItemsItemMedicine;
}

export interface ReportsDailySummaryResultAppointments {
  scheduled: number;
  checked_in: number;
  with_doctor: number;
  completed: number;
  cancelled: number;
  no_show: number;
  total: number;
}

export interface ReportsDailySummaryResultVisits {
  total: number;
  completed: number;
}

export interface ReportsDailySummaryResultInvoices {
  issued: number;
  subtotal: string;
  discount: string;
  tax: string;
  total: string;
}

export interface ReportsDailySummaryResultPayments {
  cash: string;
  card: string;
  upi: string;
  total: string;
}

export interface ReportsDailySummaryResultStockMovementsItem {
  movement_type: string;
  count: number;
  quantity: number;
}

export interface AuditVerifyResultFirstBad {
  position: number;
  reason: "link_mismatch" | "entry_missing" | "position_missing" | "inserted" | "tail_cut" | "anchor_mismatch";
}

export interface AuditVerifyResultAnchorsItem {
  position: number;
  ok: boolean;
}

export interface SystemHealthResultStoresItem {
  name: string;
  state: "up" | "down";
}

export interface SystemHealthResultDetails {
  relay_leader: boolean;
  audit_key_fits: boolean | null;
  audit_unsealed: number | null;
  audit_unshipped: number | null;
  outbox_waiting: number | null;
  outbox_oldest_seconds: number | null;
  queue_version: number;
  queue_version_redis: number | null;
}

export interface SystemReconcileResultCheckedItem {
  what: string;
  count: number;
}

export interface SystemReconcileResultDifferencesItem {
  store: "postgresql" | "redis" | "mongodb";
  what: string;
  key: string;
  expected: string | null;
  found: string | null;
}

export interface VisitsCreateVitalsBloodPressure {
  systolic: string | number;
  diastolic: string | number;
  unit?: string | null;
}

export interface VisitsCreateVitalsTemperature {
  value: string | number;
  unit?: string | null;
  standard_value?: unknown;
}

export interface VisitVitalsBloodPressure {
  systolic: number;
  diastolic: number;
  unit: string;
}

export interface VisitVitalsTemperature {
  value: number;
  unit: string;
  standard_value: number;
}

export interface PatientsHistoryResultItemsItemPatient {
  id: number;
  name: string;
}

export interface PatientsHistoryResultItemsItemNotesItem {
  id: number;
  category: string;
  text: string;
  author: PatientsHistoryResultItemsItemPatient;
  is_addendum: boolean;
  created_at: string;
}

export interface PatientsHistoryResultItemsItemPrescriptionsItem {
  id: number;
  date: string;
  status: string;
  notes: string | null;
  items: Array<PatientsHistoryResultItemsItemPrescriptionsItemItemsItem>;
}

export interface ReportsAuditLogsResultItemsItemUser {
  id: number | null;
  name: string | null;
  role: string | null;
}

export interface ReportsAuditLogsResultItemsItemResource {
  type: string | null;
  id: string | null;
}

export interface ReportsStockMovementsResultItemsItemMedicine {
  id: number | null;
  name: string;
}

export interface ReportsStockMovementsResultItemsItemBatch {
  id: number;
  number: string;
}

export interface PatientsHistoryResultItemsItemPrescriptionsItemItemsItem {
  medicine: PatientsHistoryResultItemsItemPatient;
  form: string | null;
  strength: string | null;
  dosage: string;
  frequency: string;
  duration_days: number | null;
  quantity: number;
  instructions: string | null;
}

export interface Methods {
  /** Logs in by password and binds this connection to the user. */
  "auth.login": { params: { username: string; password: string }; result: Credentials };
  /** Creates a user. */
  "auth.register": { params: { username: string; password: string; full_name: string; role: "ADMIN" | "DOCTOR" | "PHARMACIST" | "RECEPTION" | "KIOSK" | "DISPLAY"; email?: string | null; speciality?: string | null; room?: string | null }; result: User };
  /** Binds this connection to the user of an access token. */
  "auth.authenticate": { params: { access_token: string }; result: AuthAuthenticateResult };
  /** Exchanges a refresh token for new tokens; each works once. */
  "auth.refresh": { params: { refresh_token: string }; result: Credentials };
  /** Ends this connection's login and all of its tokens. */
  "auth.logout": { params: {  }; result: AuthLogoutResult };
  /** Tells who this connection is taken for. */
  "auth.whoami": { params: {  }; result: AuthWhoamiResult };
  /** Changes the caller's own password and ends all other logins. */
  "auth.change_password": { params: { current_password: string; new_password: string }; result: Credentials };
  /** Lists users by id. */
  "users.list": { params: { role?: "ADMIN" | "DOCTOR" | "PHARMACIST" | "RECEPTION" | "KIOSK" | "DISPLAY" | null; enabled?: boolean | null; limit?: number | null; cursor?: string | null }; result: UsersListResult };
  /** Gives one user. */
  "users.get": { params: { id: number }; result: User };
  /** Changes a user; another role or being disabled acts at once. */
  "users.update": { params: { id: number; full_name?: string | null; email?: string | null; role?: "ADMIN" | "DOCTOR" | "PHARMACIST" | "RECEPTION" | "KIOSK" | "DISPLAY" | null; enabled?: boolean | null; speciality?: string | null; room?: string | null; version?: number | null; idempotency_key?: string | null }; result: User };
  /** Sets a user's password and ends all of the user's logins. */
  "users.reset_password": { params: { id: number; new_password: string; version?: number | null; idempotency_key?: string | null }; result: AuthLogoutResult };
  /** Lists the active doctors: name, speciality, room, serving now. */
  "doctors.list": { params: { limit?: number | null; cursor?: string | null }; result: DoctorsListResult };
  /** Gives a new kiosk or board a code to show and a secret to keep. */
  "devices.request_pairing": { params: { role: "KIOSK" | "DISPLAY"; name?: string | null }; result: DevicesRequestPairingResult };
  /** Gives a device whose code was approved the tokens of its role. */
  "devices.claim": { params: { secret: string }; result: DevicesClaimResult };
  /** Approves the kiosk or board that shows this code. */
  "devices.approve": { params: { code: string; name?: string | null; room?: string | null; idempotency_key?: string | null }; result: DevicesApproveResult };
  /** Ends a device's tokens, connections and subscriptions at once. */
  "devices.revoke": { params: { id: number; idempotency_key?: string | null }; result: DevicesApproveResult };
  /** Lists paired devices and those that wait, the newest first. */
  "devices.list": { params: { status?: "PENDING" | "APPROVED" | "CLAIMED" | "REVOKED" | null; limit?: number | null; cursor?: string | null }; result: DevicesListResult };
  /** Finds a visitor by phone and birth date, and today's appointments. */
  "kiosk.identify": { params: { phone: string; date_of_birth: string }; result: KioskIdentifyResult };
  /** Lists patients, searched by part of a name, a phone or an id. */
  "patients.list": { params: { search?: string | null; include_archived?: boolean | null; limit?: number | null; cursor?: string | null }; result: PatientsListResult };
  /** Registers a patient and names possible duplicates. */
  "patients.create": { params: { name: string; phone?: string | null; date_of_birth?: string | null; estimated_age?: number | null; sex?: "FEMALE" | "MALE" | "OTHER" | "UNKNOWN" | null; email?: string | null; address?: string | null; allergies?: Array<string> | null; chronic_conditions?: Array<string> | null; medical_history?: string | null; emergency_contact?: PatientsCreateEmergencyContact | null; idempotency_key?: string | null }; result: PatientsCreateResult };
  /** Gives one patient. */
  "patients.get": { params: { id: number }; result: Patient };
  /** Changes a patient: what is left out stays, null clears. */
  "patients.update": { params: { id: number; name?: string | null; phone?: string | null; date_of_birth?: string | null; estimated_age?: number | null; sex?: "FEMALE" | "MALE" | "OTHER" | "UNKNOWN" | null; email?: string | null; address?: string | null; allergies?: Array<string> | null; chronic_conditions?: Array<string> | null; medical_history?: string | null; emergency_contact?: PatientsCreateEmergencyContact | null; verified?: boolean | null; version?: number | null; idempotency_key?: string | null }; result: Patient };
  /** Archives a patient for whom nothing is under way. */
  "patients.delete": { params: { id: number; version?: number | null; idempotency_key?: string | null }; result: Patient };
  /** Lists a patient's visits with notes and prescriptions, newest first. */
  "patients.history": { params: { patient_id?: number | null; id?: number | null; limit?: number | null; cursor?: string | null }; result: PatientsHistoryResult };
  /** Merges a patient into another one, who gets all that is there. */
  "patients.merge": { params: { id: number; into: number; reason?: string | null; version?: number | null; idempotency_key?: string | null }; result: Patient };
  /** Undoes the merge of a patient, who gets the rows back. */
  "patients.unmerge": { params: { id: number; idempotency_key?: string | null }; result: Patient };
  /** Makes a doctor's slots over a range of dates; tells which it left out and why. */
  "slots.create_bulk": { params: { doctor_id: number; from: string; to: string; start: string; end: string; minutes: number; weekdays?: Array<"MON" | "TUE" | "WED" | "THU" | "FRI" | "SAT" | "SUN"> | null; breaks?: Array<SlotsCreateBulkBreaksItem> | null; idempotency_key?: string | null }; result: SlotsCreateBulkResult };
  /** Blocks a slot; a booked one is refused, or its appointment cancelled if the call says so. */
  "slots.block": { params: { id: number; reason?: string | null; cancel_appointments?: boolean | null; version?: number | null; idempotency_key?: string | null }; result: SlotsBlockResult };
  /** Lets a blocked slot be booked again. */
  "slots.unblock": { params: { id: number; version?: number | null; idempotency_key?: string | null }; result: SlotsUnblockResult };
  /** Lists slots by doctor, dates and whether they can be booked. */
  "slots.list": { params: { doctor_id?: number | null; from?: string | null; to?: string | null; available?: boolean | null; limit?: number | null; cursor?: string | null }; result: SlotsListResult };
  /** Books a slot for a patient. */
  "appointments.create": { params: { patient_id: number; slot_id: number; reason?: string | null; notes?: string | null; override?: boolean | null; idempotency_key?: string | null }; result: AppointmentsCreateResult };
  /** Gives one appointment with its history. */
  "appointments.get": { params: { id: number }; result: Appointment };
  /** Lists appointments by patient, doctor, dates and status. */
  "appointments.list": { params: { patient_id?: number | null; doctor_id?: number | null; date?: string | null; from?: string | null; to?: string | null; status?: "SCHEDULED" | "CHECKED_IN" | "WITH_DOCTOR" | "COMPLETED" | "CANCELLED" | "NO_SHOW" | null; limit?: number | null; cursor?: string | null }; result: AppointmentsListResult };
  /** Changes an appointment, or moves it to another slot. */
  "appointments.update": { params: { id: number; slot_id?: number | null; reason?: string | null; notes?: string | null; status?: "SCHEDULED" | "CHECKED_IN" | "WITH_DOCTOR" | "COMPLETED" | "CANCELLED" | "NO_SHOW" | null; override?: boolean | null; version?: number | null; idempotency_key?: string | null }; result: AppointmentsCreateResult };
  /** Cancels an appointment and frees its slot. */
  "appointments.cancel": { params: { id: number; reason?: string | null; version?: number | null; idempotency_key?: string | null }; result: AppointmentsCreateResult };
  /** Notes that a patient did not come, after the grace period. */
  "appointments.mark_no_show": { params: { id: number; version?: number | null; idempotency_key?: string | null }; result: AppointmentsCreateResult };
  /** Puts a patient without an appointment into today's queue. */
  "queue.walk_in": { params: { patient_id?: number | null; doctor_id?: number | null; priority?: "ROUTINE" | "URGENT" | "EMERGENCY" | null; visitor?: string | null; idempotency_key?: string | null }; result: QueueToken | BoardToken };
  /** Puts a patient who came for an appointment into today's queue. */
  "queue.check_in": { params: { appointment_id?: number | null; visitor?: string | null; idempotency_key?: string | null }; result: QueueToken | BoardToken };
  /** Gives the queue of today or of another day. */
  "queue.today": { params: { date?: string | null }; result: QueueTodayResult | QueueTodayResult2 };
  /** Calls the next waiting patient for a doctor. */
  "queue.call_next": { params: { doctor_id?: number | null; idempotency_key?: string | null }; result: QueueToken | BoardToken };
  /** Moves a token to another status. */
  "queue.set_status": { params: { token: string; status: "WAITING" | "WITH_DOCTOR" | "SKIPPED" | "COMPLETED" | "CANCELLED" | "NO_SHOW"; doctor_id?: number | null; idempotency_key?: string | null }; result: QueueToken | BoardToken };
  /** Brings a token back from a final state. */
  "queue.undo": { params: { token: string; reason: string; idempotency_key?: string | null }; result: QueueToken | BoardToken };
  /** Brings a skipped token back to the line. */
  "queue.recall": { params: { token: string; idempotency_key?: string | null }; result: QueueToken | BoardToken };
  /** Hands a token to another doctor; it waits there by its arrival. */
  "queue.transfer": { params: { token: string; doctor_id: number; idempotency_key?: string | null }; result: QueueToken | BoardToken };
  /** Changes the priority of a live token. */
  "queue.set_priority": { params: { token: string; priority: "ROUTINE" | "URGENT" | "EMERGENCY"; idempotency_key?: string | null }; result: QueueToken | BoardToken };
  /** Counts a day's tokens and tells waits and consultations. */
  "queue.summary": { params: { date?: string | null }; result: QueueSummaryResult };
  /** Follows the queue of today or of another day. */
  "queue.subscribe": { params: { date?: string | null; doctor_id?: number | null; since?: QueueSubscribeSince | null; overflow?: "coalesce" | "close" | null }; result: QueueSubscribeResult };
  /** Ends a subscription of this connection. */
  "queue.unsubscribe": { params: { subscription: string }; result: AuthLogoutResult };
  /** Opens a visit from a token, an appointment or a patient. */
  "visits.create": { params: { token?: string | null; appointment_id?: number | null; patient_id?: number | null; chief_complaint?: string | null; vitals?: VisitsCreateVitals | null; doctor_id?: number | null; idempotency_key?: string | null }; result: VisitsCreateResult };
  /** Gives one visit with its notes and prescriptions. */
  "visits.get": { params: { id: number }; result: Visit };
  /** Lists visits by patient, doctor, day and status, the newest first. */
  "visits.list": { params: { patient_id?: number | null; doctor_id?: number | null; date?: string | null; from?: string | null; to?: string | null; status?: "OPEN" | "COMPLETED" | null; limit?: number | null; cursor?: string | null }; result: VisitsListResult };
  /** Changes an open visit: what is left out stays, null clears. */
  "visits.update": { params: { id: number; vitals?: VisitsCreateVitals | null; chief_complaint?: string | null; diagnosis?: string | null; diagnosis_codes?: Array<string> | null; treatment_plan?: string | null; doctor_id?: number | null; version?: number | null; idempotency_key?: string | null }; result: VisitsCreateResult };
  /** Signs and locks a visit; completes its token and appointment. */
  "visits.complete": { params: { id: number; vitals?: VisitsCreateVitals | null; chief_complaint?: string | null; diagnosis?: string | null; diagnosis_codes?: Array<string> | null; treatment_plan?: string | null; version?: number | null; idempotency_key?: string | null }; result: VisitsCreateResult };
  /** Adds a note to a visit; after its completion an addendum. */
  "visits.add_note": { params: { visit_id: number; category: "SYMPTOM" | "OBSERVATION" | "DIAGNOSIS" | "TREATMENT"; text: string; idempotency_key?: string | null }; result: VisitsAddNoteResult };
  /** Lists the notes of a visit, the oldest first. */
  "visits.list_notes": { params: { visit_id: number; limit?: number | null; cursor?: string | null }; result: VisitsListNotesResult };
  /** Prescribes medicines at a visit; an allergy needs a reason. */
  "prescriptions.create": { params: { visit_id: number; items: Array<PrescriptionsCreateItemsItem>; notes?: string | null; override_reason?: string | null; idempotency_key?: string | null }; result: Prescription };
  /** Gives one prescription with its items. */
  "prescriptions.get": { params: { id: number }; result: Prescription };
  /** Lists prescriptions, the newest first. */
  "prescriptions.list": { params: { patient_id?: number | null; visit_id?: number | null; doctor_id?: number | null; status?: "ACTIVE" | "CANCELLED" | null; limit?: number | null; cursor?: string | null }; result: PrescriptionsListResult };
  /** Cancels a prescription of which nothing is dispensed. */
  "prescriptions.cancel": { params: { id: number; reason: string; version?: number | null; idempotency_key?: string | null }; result: Prescription };
  /** Renders a prescription as text, receipt, HTML or PDF. */
  "prescriptions.print": { params: { id: number; format?: "text" | "receipt" | "html" | "pdf" | null }; result: PrescriptionsPrintResult };
  /** Lists medicines with their usable stock, searched by words. */
  "inventory.list_medicines": { params: { search?: string | null; active?: boolean | null; limit?: number | null; cursor?: string | null }; result: InventoryListMedicinesResult };
  /** Adds a medicine, with nothing of it in stock yet. */
  "inventory.add_medicine": { params: { name: string; unit_price: string | number; generic_name?: string | null; drug_class?: string | null; manufacturer?: string | null; form?: string | null; strength?: string | null; reorder_level?: number | null; idempotency_key?: string | null }; result: InventoryAddMedicineResult };
  /** Gives one medicine with its usable stock and its batches. */
  "inventory.get_medicine": { params: { id: number }; result: InventoryGetMedicineResult };
  /** Changes a medicine: what is left out stays, null clears. */
  "inventory.update_medicine": { params: { id: number; name?: string | null; unit_price?: string | number | null; generic_name?: string | null; drug_class?: string | null; manufacturer?: string | null; form?: string | null; strength?: string | null; reorder_level?: number | null; is_active?: boolean | null; version?: number | null; idempotency_key?: string | null }; result: InventoryAddMedicineResult };
  /** Lists active medicines with usable stock at the reorder level or below. */
  "inventory.low_stock": { params: { limit?: number | null; cursor?: string | null }; result: InventoryListMedicinesResult };
  /** Lists batches in stock that expire within some days or have expired. */
  "inventory.expiring": { params: { days?: number | null; limit?: number | null; cursor?: string | null }; result: InventoryExpiringResult };
  /** Lists batches; empty ones if asked for. */
  "inventory.list_batches": { params: { medicine_id?: number | null; include_empty?: boolean | null; expired?: boolean | null; held?: boolean | null; limit?: number | null; cursor?: string | null }; result: InventoryExpiringResult };
  /** Receives a batch of a medicine. */
  "inventory.add_batch": { params: { medicine_id: number; batch_number: string; quantity: number; expiry_date: string; cost_price?: string | number | null; supplier?: string | null; reason?: string | null; idempotency_key?: string | null }; result: InventoryAddBatchResult };
  /** Corrects a batch: the quantity, or an adjustment of it, with a reason; other fields. */
  "inventory.update_batch": { params: { id: number; quantity?: number | null; adjustment?: number | null; reason?: string | null; expiry_date?: string | null; cost_price?: string | number | null; supplier?: string | null; version?: number | null; idempotency_key?: string | null }; result: InventoryAddBatchResult };
  /** Holds a batch back: nothing is dispensed of it. */
  "inventory.hold_batch": { params: { id: number; reason: string; version?: number | null; idempotency_key?: string | null }; result: InventoryAddBatchResult };
  /** Releases a held batch. */
  "inventory.release_batch": { params: { id: number; reason?: string | null; version?: number | null; idempotency_key?: string | null }; result: InventoryAddBatchResult };
  /** Sets what was counted of batches: all of it or nothing. */
  "inventory.stocktake": { params: { counts: Array<InventoryStocktakeCountsItem>; reason?: string | null; idempotency_key?: string | null }; result: InventoryStocktakeResult };
  /** Dispenses a prescription, all that is left or some of it, first expired, first out. */
  "dispensing.create": { params: { prescription_id: number; items?: Array<DispensingCreateItemsItem> | null; override_reason?: string | null; idempotency_key?: string | null }; result: DispensingCreateResult };
  /** Gives one dispensing with its items. */
  "dispensing.get": { params: { id: number }; result: Dispensing };
  /** Lists dispensings with their items, the newest first. */
  "dispensing.list": { params: { prescription_id?: number | null; patient_id?: number | null; date?: string | null; limit?: number | null; cursor?: string | null }; result: DispensingListResult };
  /** Takes back what was dispensed, and says what refund is due. */
  "dispensing.return": { params: { id: number; items: Array<DispensingReturnItemsItem>; reason: string; restock?: boolean | null; idempotency_key?: string | null }; result: DispensingReturnResult };
  /** Writes an invoice, of a prescription or of the lines given. */
  "billing.create": { params: { mode: "AUTO" | "MANUAL"; prescription_id?: number | null; patient_id?: number | null; visit_id?: number | null; items?: Array<BillingCreateItemsItem> | null; discount_percent?: string | number | null; discount_amount?: string | number | null; tax_percent?: string | number | null; status?: "DRAFT" | "PENDING" | null; notes?: string | null; idempotency_key?: string | null }; result: Invoice };
  /** Gives one invoice with its lines, payments and refunds. */
  "billing.get": { params: { id: number }; result: Invoice };
  /** Lists invoices, the newest first. */
  "billing.list": { params: { patient_id?: number | null; prescription_id?: number | null; status?: "DRAFT" | "PENDING" | "PAID" | "CANCELLED" | null; date?: string | null; from?: string | null; to?: string | null; limit?: number | null; cursor?: string | null }; result: BillingListResult };
  /** Changes a draft: what is left out stays, null clears. */
  "billing.update": { params: { id: number; items?: Array<BillingCreateItemsItem> | null; discount_percent?: string | number | null; discount_amount?: string | number | null; tax_percent?: string | number | null; notes?: string | null; version?: number | null; idempotency_key?: string | null }; result: Invoice };
  /** Issues a draft: it gets its number and can be paid. */
  "billing.issue": { params: { id: number; version?: number | null; idempotency_key?: string | null }; result: Invoice };
  /** Takes a payment: partial, by several methods, with change for cash. */
  "billing.pay": { params: { id: number; payment_method?: "CASH" | "CARD" | "UPI" | null; amount?: string | number | null; tendered?: string | number | null; reference?: string | null; payments?: Array<BillingPayPaymentsItem> | null; version?: number | null; idempotency_key?: string | null }; result: BillingPayResult };
  /** Cancels an invoice of which nothing is paid, or all was refunded. */
  "billing.cancel": { params: { id: number; reason: string; version?: number | null; idempotency_key?: string | null }; result: Invoice };
  /** Gives back some or all of what was paid. */
  "billing.refund": { params: { id: number; payment_method: "CASH" | "CARD" | "UPI"; reason: string; amount?: string | number | null; version?: number | null; idempotency_key?: string | null }; result: Invoice };
  /** Renders an invoice as text, receipt, HTML or PDF. */
  "billing.receipt": { params: { id: number; format?: "text" | "receipt" | "html" | "pdf" | null }; result: PrescriptionsPrintResult };
  /** Lists audit entries, the newest first. */
  "reports.audit_logs": { params: { from?: string | null; to?: string | null; user_id?: number | null; resource_type?: string | null; resource_id?: string | null; action?: string | null; outcome?: string | null; limit?: number | null; cursor?: string | null }; result: ReportsAuditLogsResult };
  /** Lists completed visits with notes and prescriptions, newest first. */
  "reports.visit_history": { params: { patient_id?: number | null; doctor_id?: number | null; from?: string | null; to?: string | null; limit?: number | null; cursor?: string | null }; result: PatientsHistoryResult };
  /** Lists movements of stock, the newest first. */
  "reports.stock_movements": { params: { medicine_id?: number | null; movement_type?: "RECEIVED" | "DISPENSED" | "RETURNED" | "ADJUSTED" | "STOCKTAKE" | "DISCARDED" | null; from?: string | null; to?: string | null; limit?: number | null; cursor?: string | null }; result: ReportsStockMovementsResult };
  /** Gives a day in figures; today's so far without a date. */
  "reports.daily_summary": { params: { date?: string | null }; result: ReportsDailySummaryResult };
  /** Renders a day in figures as text, receipt, HTML or PDF. */
  "reports.print_daily_summary": { params: { date?: string | null; format?: "text" | "receipt" | "html" | "pdf" | null }; result: PrescriptionsPrintResult };
  /** Makes a day's summary anew and stores it; yesterday's without a date. */
  "reports.roll_up": { params: { date?: string | null; idempotency_key?: string | null }; result: ReportsDailySummaryResult };
  /** Checks a part of the audit's chain. */
  "audit.verify": { params: { from?: number | null; limit?: number | null; anchor?: string | null }; result: AuditVerifyResult };
  /** Tells that the daemon answers. */
  "system.ping": { params: {  }; result: SystemPingResult };
  /** Names the daemon, its version, the clinic and its time zone. */
  "system.version": { params: {  }; result: SystemVersionResult };
  /** Tells whether the stores are up and how far they are behind. */
  "system.health": { params: {  }; result: SystemHealthResult };
  /** Gives counters of this instance since its start. */
  "system.stats": { params: {  }; result: SystemStatsResult };
  /** Makes what Redis or MongoDB holds anew from PostgreSQL. */
  "system.rebuild": { params: { store: "redis" | "mongo" }; result: SystemRebuildResult };
  /** Compares Redis and MongoDB with PostgreSQL, and repairs them. */
  "system.reconcile": { params: { repair?: boolean | null; part?: "queue" | "audit" | "visits" | "stock" | "days" | null }; result: SystemReconcileResult };
  /** Describes the methods that the caller may use (OpenRPC). */
  "rpc.discover": { params: {  }; result: unknown };
  /** Cancels the calls of this connection that have an id. */
  "rpc.cancel": { params: { id: number | string }; result: RpcCancelResult };
}
