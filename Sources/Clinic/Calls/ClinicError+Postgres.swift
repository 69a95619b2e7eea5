import JSONRPC
package import Postgres

extension ClinicError {
  /// What a failure of PostgreSQL means to a caller; `nil` for one that nobody foresaw.
  package init?(_ error: PostgresError) {
    switch error.kind {
    case .unavailable, .connectionLost, .timedOut: self.init(.storeUnavailable)
    case .outcomeUnknown: self.init(.outcomeUnknown)
    case .cancelled: self.init(Self.reasonOfCancellation)
    case .decoding: return nil
    case .server:
      if let reason = error.constraint.flatMap({ Self.reasonsByConstraint[$0] }) {
        self.init(reason)
      } else if let state = error.sqlState,
        Self.passingStates.contains(String(state.prefix(2))) || state == Self.readOnly
      {
        self.init(.storeUnavailable)
      } else {
        return nil
      }
    }
  }

  /// The reason that each constraint of the schema stands for.
  private static let reasonsByConstraint: [String: Reason] = [
    "users_username_key": .usernameTaken,
    "users_email_key": .emailTaken,
    "queue_tokens_live_patient": .alreadyInQueue,
    "queue_tokens_serving_doctor": .alreadyServing,
    "queue_tokens_appointment": .alreadyCheckedIn,
    "queue_tokens_archived": .patientArchived,
    "appointments_slot": .slotTaken,
    "appointments_no_overlap": .appointmentsOverlap,
    "visits_token_key": .visitExists,
    "visits_appointment_key": .visitExists,
    "visits_open_key": .visitOpen,
    "visits_locked": .visitCompleted,
    "prescription_items_dispensed": .exceedsPrescribed,
    "medicine_batches_not_negative": .insufficientStock,
    "medicine_batches_number_key": .batchExists,
    "dispensing_items_returned": .exceedsDispensed,
    "invoices_prescription_key": .alreadyInvoiced,
    "invoices_locked": .notDraft,
    "invoices_discount": .discountTooLarge,
    "invoices_paid": .exceedsBalance,
    "invoices_refunded": .exceedsPaid,
    "patient_merges_live": .alreadyMerged,
  ]

  /// What a standby says before it is promoted.
  private static let readOnly = "25006"

  /// Classes of SQLSTATE that go away by themselves: connections, resources, operator intervention,
  /// the system, transactions that were rolled back.
  private static let passingStates: Set<String> = ["08", "40", "53", "55", "57", "58"]

  /// Why the present call was cancelled.
  package static var reasonOfCancellation: Reason {
    switch CallContext.current?.cancellation {
    case .deadline: .deadlineExceeded
    case .shutdown: .stopping
    default: .cancelled
    }
  }
}
