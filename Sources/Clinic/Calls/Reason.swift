package import JSONRPC

/// Why the clinic refuses a call. One list; the codes are those of `docs/protocol.md`.
package enum Reason: String, CaseIterable, Sendable {
  // Who is calling.
  case notAuthenticated = "not_authenticated"
  case badCredentials = "bad_credentials"
  case tokenInvalid = "token_invalid"
  case tokenExpired = "token_expired"
  case tokenRevoked = "token_revoked"
  case roleNotAllowed = "role_not_allowed"
  case noStaffIdentity = "no_staff_identity"
  case notYourQueue = "not_your_queue"
  case priorityForStaff = "priority_for_staff"
  case notYourPatient = "not_your_patient"
  case visitorUnknown = "visitor_unknown"
  case notYourVisit = "not_your_visit"
  case notYourSlots = "not_your_slots"

  // The present state.
  case notFound = "not_found"
  case staleVersion = "stale_version"
  case idempotencyKeyReused = "idempotency_key_reused"
  case usernameTaken = "username_taken"
  case emailTaken = "email_taken"
  case alreadyInQueue = "already_in_queue"
  case alreadyServing = "already_serving"
  case queueEmpty = "queue_empty"
  case invalidTransition = "invalid_transition"
  case sameDoctor = "same_doctor"
  case patientInQueue = "patient_in_queue"
  case slotTaken = "slot_taken"
  case slotBlocked = "slot_blocked"
  case slotBooked = "slot_booked"
  case appointmentsOverlap = "appointments_overlap"
  case appointmentBooked = "appointment_booked"
  case alreadyCheckedIn = "already_checked_in"
  case visitOpen = "visit_open"
  case visitExists = "visit_exists"
  case visitCompleted = "visit_completed"
  case prescriptionCancelled = "prescription_cancelled"
  case alreadyDispensed = "already_dispensed"
  case exceedsPrescribed = "exceeds_prescribed"
  case insufficientStock = "insufficient_stock"
  case batchExists = "batch_exists"
  case alreadyHeld = "already_held"
  case notHeld = "not_held"
  case exceedsDispensed = "exceeds_dispensed"
  case alreadyInvoiced = "already_invoiced"
  case notDraft = "not_draft"
  case unpaidInvoice = "unpaid_invoice"
  case alreadyMerged = "already_merged"
  case notMerged = "not_merged"
  case recordTooLong = "record_too_long"

  // Rules of the clinic.
  case dayClosed = "day_closed"
  case doctorRequired = "doctor_required"
  case notADoctor = "not_a_doctor"
  case patientArchived = "patient_archived"
  case bornInFuture = "born_in_future"
  case samePassword = "same_password"
  case lastAdmin = "last_admin"
  case outsideCheckInWindow = "outside_check_in_window"
  case tooEarly = "too_early"
  case inPast = "in_past"
  case allergyMatch = "allergy_match"
  case nothingToDispense = "nothing_to_dispense"
  case expiredBatch = "expired_batch"
  case medicineInactive = "medicine_inactive"
  case prescriptionExpired = "prescription_expired"
  case invoiceNotPaid = "invoice_not_paid"
  case nothingToBill = "nothing_to_bill"
  case notIssued = "not_issued"
  case alreadyPaid = "already_paid"
  case invoiceCancelled = "invoice_cancelled"
  case exceedsBalance = "exceeds_balance"
  case refundFirst = "refund_first"
  case exceedsPaid = "exceeds_paid"
  case discountTooLarge = "discount_too_large"
  case samePatient = "same_patient"

  // Too many, not now.
  case tooManyAttempts = "too_many_attempts"
  case tooManySubscriptions = "too_many_subscriptions"
  case deadlineExceeded = "deadline_exceeded"
  case cancelled = "cancelled"
  case stopping = "stopping"
  case storeUnavailable = "store_unavailable"
  case outcomeUnknown = "outcome_unknown"
  case busy = "busy"

  package var code: RPCError.Code { meaning.code }

  /// A sentence for people. It never contains what a caller sent.
  package var message: String { meaning.message }

  private var meaning: (code: RPCError.Code, message: String) {
    switch self {
    case .notAuthenticated: (.notAuthenticated, "log in first")
    case .badCredentials: (.notAuthenticated, "wrong user name or password")
    case .tokenInvalid: (.notAuthenticated, "this token is not valid")
    case .tokenExpired: (.notAuthenticated, "this token has expired")
    case .tokenRevoked: (.notAuthenticated, "this token was revoked")
    case .roleNotAllowed: (.notAllowed, "your role may not do this")
    case .noStaffIdentity: (.notAllowed, "this needs a staff user: log in")
    case .notYourQueue: (.notAllowed, "a doctor calls for himself or herself")
    case .priorityForStaff: (.notAllowed, "only staff may set a priority")
    case .notYourPatient: (.notAllowed, "a kiosk may queue the patient that it has just registered")
    case .visitorUnknown: (.notAllowed, "this visitor's time is over: identify again")
    case .notYourVisit: (.notAllowed, "this is another doctor's visit")
    case .notYourSlots: (.notAllowed, "a doctor keeps his or her own slots")
    case .notFound: (.notFound, "there is no such thing")
    case .staleVersion: (.conflict, "somebody changed this meanwhile: read it again")
    case .idempotencyKeyReused: (.conflict, "this idempotency key was used with other params")
    case .usernameTaken: (.conflict, "this user name is taken")
    case .emailTaken: (.conflict, "this email address is taken")
    case .alreadyInQueue: (.conflict, "the patient is in the queue already")
    case .alreadyServing: (.conflict, "the doctor is with a patient")
    case .queueEmpty: (.conflict, "nobody is waiting")
    case .invalidTransition: (.conflict, "that status cannot follow the present one")
    case .sameDoctor: (.conflict, "the token is with this doctor already")
    case .patientInQueue: (.conflict, "the patient is in the queue")
    case .slotTaken: (.conflict, "the slot is taken")
    case .slotBlocked: (.conflict, "the slot is blocked")
    case .slotBooked: (.conflict, "the slot has an appointment")
    case .appointmentsOverlap: (.conflict, "the patient has an appointment at that time")
    case .appointmentBooked: (.conflict, "the patient has an appointment: cancel it first")
    case .alreadyCheckedIn: (.conflict, "the appointment is checked in already")
    case .visitOpen: (.conflict, "the patient has an open visit")
    case .visitExists: (.conflict, "there is a visit for this already")
    case .visitCompleted: (.conflict, "the visit is completed and locked: add an addendum")
    case .prescriptionCancelled: (.conflict, "the prescription is cancelled")
    case .alreadyDispensed: (.conflict, "something was dispensed of it already")
    case .exceedsPrescribed: (.conflict, "more than what is left of the prescription")
    case .insufficientStock: (.conflict, "there is not enough usable stock")
    case .batchExists: (.conflict, "the medicine has a batch of this number")
    case .alreadyHeld: (.conflict, "the batch is held already")
    case .notHeld: (.conflict, "the batch is not held")
    case .exceedsDispensed: (.conflict, "more than what was dispensed")
    case .alreadyInvoiced: (.conflict, "the prescription has an invoice")
    case .notDraft: (.conflict, "the invoice is issued: its lines stay")
    case .unpaidInvoice: (.conflict, "the patient has an unpaid invoice")
    case .alreadyMerged: (.conflict, "the patient is merged already")
    case .notMerged: (.conflict, "the patient is not merged")
    case .recordTooLong: (.conflict, "both records together are longer than one may be")
    case .dayClosed: (.refused, "this day is closed")
    case .doctorRequired: (.refused, "say which doctor")
    case .notADoctor: (.refused, "this user is not an active doctor")
    case .patientArchived: (.refused, "the patient is archived")
    case .bornInFuture: (.refused, "the birth date is in the future")
    case .samePassword: (.refused, "the new password is the old one")
    case .lastAdmin: (.refused, "the last active administrator stays")
    case .outsideCheckInWindow: (.refused, "it is too early or too late to check in")
    case .tooEarly: (.refused, "it is too early for that")
    case .inPast: (.refused, "this is in the past")
    case .allergyMatch: (.refused, "the patient has an allergy to this: give a reason to override")
    case .nothingToDispense: (.refused, "nothing is left to dispense")
    case .expiredBatch: (.refused, "the batch has expired")
    case .medicineInactive: (.refused, "the medicine is not used any more")
    case .prescriptionExpired: (.refused, "the prescription is too old")
    case .invoiceNotPaid: (.refused, "the invoice of the prescription is not paid")
    case .nothingToBill: (.refused, "there is nothing to bill")
    case .notIssued: (.refused, "the invoice is not issued")
    case .alreadyPaid: (.refused, "the invoice is paid")
    case .invoiceCancelled: (.refused, "the invoice is cancelled")
    case .exceedsBalance: (.refused, "more than the balance: only cash gives change")
    case .refundFirst: (.refused, "refund what was paid first")
    case .exceedsPaid: (.refused, "more than what was paid")
    case .discountTooLarge: (.refused, "the discount is more than its base")
    case .samePatient: (.refused, "a patient cannot be merged into itself")
    case .tooManyAttempts: (.tooMany, "too many attempts: wait")
    case .tooManySubscriptions: (.tooMany, "too many subscriptions on this connection")
    case .deadlineExceeded: (.notNow, "the call took too long and was rolled back")
    case .cancelled: (.notNow, "the call was cancelled and rolled back")
    case .stopping: (.notNow, "the daemon is stopping")
    case .storeUnavailable: (.notNow, "a store does not answer now")
    case .outcomeUnknown: (.notNow, "the outcome is unknown: repeat with the same key")
    case .busy: (.notNow, "too much at once: try again")
    }
  }
}
