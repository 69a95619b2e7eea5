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

  package var code: RPCError.Code {
    switch self {
    case .notAuthenticated, .badCredentials, .tokenInvalid, .tokenExpired, .tokenRevoked:
      .notAuthenticated
    case .roleNotAllowed, .noStaffIdentity, .notYourQueue, .priorityForStaff, .notYourPatient,
      .notYourVisit, .notYourSlots, .visitorUnknown:
      .notAllowed
    case .notFound: .notFound
    case .staleVersion, .idempotencyKeyReused, .usernameTaken, .emailTaken, .alreadyInQueue,
      .alreadyServing,
      .queueEmpty, .invalidTransition, .sameDoctor, .patientInQueue, .slotTaken, .slotBlocked,
      .slotBooked, .appointmentsOverlap, .appointmentBooked, .alreadyCheckedIn, .visitOpen,
      .visitExists,
      .visitCompleted, .prescriptionCancelled, .alreadyDispensed, .exceedsPrescribed,
      .insufficientStock, .batchExists, .alreadyHeld, .notHeld, .exceedsDispensed, .alreadyInvoiced,
      .notDraft, .unpaidInvoice, .alreadyMerged, .notMerged, .recordTooLong:
      .conflict
    case .dayClosed, .doctorRequired, .notADoctor, .patientArchived, .bornInFuture, .samePassword,
      .lastAdmin, .outsideCheckInWindow, .tooEarly, .inPast, .allergyMatch,
      .nothingToDispense, .expiredBatch, .medicineInactive, .prescriptionExpired, .invoiceNotPaid,
      .nothingToBill, .notIssued, .alreadyPaid, .invoiceCancelled, .exceedsBalance, .refundFirst,
      .exceedsPaid, .discountTooLarge, .samePatient:
      .refused
    case .tooManyAttempts, .tooManySubscriptions: .tooMany
    case .deadlineExceeded, .cancelled, .stopping, .storeUnavailable, .outcomeUnknown, .busy:
      .notNow
    }
  }

  /// A sentence for people. It never contains what a caller sent.
  package var message: String {
    switch self {
    case .notAuthenticated: "log in first"
    case .badCredentials: "wrong user name or password"
    case .tokenInvalid: "this token is not valid"
    case .tokenExpired: "this token has expired"
    case .tokenRevoked: "this token was revoked"
    case .roleNotAllowed: "your role may not do this"
    case .noStaffIdentity: "this needs a staff user: log in"
    case .notYourQueue: "a doctor calls for himself or herself"
    case .priorityForStaff: "only staff may set a priority"
    case .notYourPatient: "a kiosk may queue the patient that it has just registered"
    case .visitorUnknown: "this visitor's time is over: identify again"
    case .notFound: "there is no such thing"
    case .staleVersion: "somebody changed this meanwhile: read it again"
    case .idempotencyKeyReused: "this idempotency key was used with other params"
    case .usernameTaken: "this user name is taken"
    case .emailTaken: "this email address is taken"
    case .alreadyInQueue: "the patient is in the queue already"
    case .alreadyServing: "the doctor is with a patient"
    case .queueEmpty: "nobody is waiting"
    case .invalidTransition: "that status cannot follow the present one"
    case .sameDoctor: "the token is with this doctor already"
    case .patientInQueue: "the patient is in the queue"
    case .dayClosed: "this day is closed"
    case .doctorRequired: "say which doctor"
    case .notADoctor: "this user is not an active doctor"
    case .patientArchived: "the patient is archived"
    case .bornInFuture: "the birth date is in the future"
    case .samePassword: "the new password is the old one"
    case .lastAdmin: "the last active administrator stays"
    case .notYourSlots: "a doctor keeps his or her own slots"
    case .notYourVisit: "this is another doctor's visit"
    case .slotTaken: "the slot is taken"
    case .slotBlocked: "the slot is blocked"
    case .slotBooked: "the slot has an appointment"
    case .appointmentsOverlap: "the patient has an appointment at that time"
    case .appointmentBooked: "the patient has an appointment: cancel it first"
    case .alreadyCheckedIn: "the appointment is checked in already"
    case .visitOpen: "the patient has an open visit"
    case .visitExists: "there is a visit for this already"
    case .visitCompleted: "the visit is completed and locked: add an addendum"
    case .prescriptionCancelled: "the prescription is cancelled"
    case .alreadyDispensed: "something was dispensed of it already"
    case .exceedsPrescribed: "more than what is left of the prescription"
    case .insufficientStock: "there is not enough usable stock"
    case .batchExists: "the medicine has a batch of this number"
    case .alreadyHeld: "the batch is held already"
    case .notHeld: "the batch is not held"
    case .exceedsDispensed: "more than what was dispensed"
    case .alreadyInvoiced: "the prescription has an invoice"
    case .notDraft: "the invoice is issued: its lines stay"
    case .unpaidInvoice: "the patient has an unpaid invoice"
    case .alreadyMerged: "the patient is merged already"
    case .notMerged: "the patient is not merged"
    case .recordTooLong: "both records together are longer than one may be"
    case .outsideCheckInWindow: "it is too early or too late to check in"
    case .tooEarly: "it is too early for that"
    case .inPast: "this is in the past"
    case .allergyMatch: "the patient has an allergy to this: give a reason to override"
    case .nothingToDispense: "nothing is left to dispense"
    case .expiredBatch: "the batch has expired"
    case .medicineInactive: "the medicine is not used any more"
    case .prescriptionExpired: "the prescription is too old"
    case .invoiceNotPaid: "the invoice of the prescription is not paid"
    case .nothingToBill: "there is nothing to bill"
    case .notIssued: "the invoice is not issued"
    case .alreadyPaid: "the invoice is paid"
    case .invoiceCancelled: "the invoice is cancelled"
    case .exceedsBalance: "more than the balance: only cash gives change"
    case .refundFirst: "refund what was paid first"
    case .exceedsPaid: "more than what was paid"
    case .discountTooLarge: "the discount is more than its base"
    case .samePatient: "a patient cannot be merged into itself"
    case .tooManyAttempts: "too many attempts: wait"
    case .tooManySubscriptions: "too many subscriptions on this connection"
    case .deadlineExceeded: "the call took too long and was rolled back"
    case .cancelled: "the call was cancelled and rolled back"
    case .stopping: "the daemon is stopping"
    case .storeUnavailable: "a store does not answer now"
    case .outcomeUnknown: "the outcome is unknown: repeat with the same key"
    case .busy: "too much at once: try again"
    }
  }
}

/// A refusal, with details that help its reader.
package struct ClinicError: Error, Sendable, Equatable {
  package let reason: Reason
  /// Further members of the error's data.
  package private(set) var details: RPCError.Details = [:]

  package init(_ reason: Reason) {
    self.reason = reason
  }

  package func with(_ name: String, _ value: RPCError.Value) -> ClinicError {
    var copy = self
    copy.details.append(name, value)
    return copy
  }

  package func with(_ name: String, _ text: String) -> ClinicError { with(name, .string(text)) }

  package func with<Entity>(_ name: String, _ id: ID<Entity>) -> ClinicError {
    with(name, .int(Int(id.rawValue)))
  }

  package static func notFound(_ resource: String, _ id: String) -> ClinicError {
    ClinicError(.notFound).with("resource", resource).with("id", id)
  }

  package static func notFound<E>(_ resource: String, _ id: ID<E>) -> ClinicError {
    ClinicError(.notFound).with("resource", resource).with("id", id)
  }

  package var rpcError: RPCError {
    RPCError(reason.code, reason: reason.rawValue, message: reason.message, details)
  }
}
