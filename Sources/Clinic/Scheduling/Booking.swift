import JSONRPC
import Postgres

/// Takes a slot for a patient. What stands in the way is looked at under the locks of the slot and
/// then of the patient, which everybody takes who books, moves or blocks (rules 7, 9).
struct Booking: Sendable {
  enum Client: Sendable {
    /// The patient who gets a new appointment.
    case patient(ID<Patient>)
    /// The appointment that moves.
    case appointment(ID<Appointment>)
  }
  let slot: ID<Slot>
  let client: Client

  /// What was found under the locks.
  struct Findings: Sendable {
    fileprivate let slot: SlotAtDesk
    fileprivate let patient: PatientAtDesk
    fileprivate let taker: ID<Appointment>?
    fileprivate let overlap: ID<Appointment>?

    var patientID: ID<Patient> { patient.id }
    /// Whether the patient has another appointment at that time.
    var overlaps: Bool { overlap != nil }

    /// Refuses what cannot be booked.
    ///
    /// - Parameter override: whether the patient's appointments may overlap.
    func check(override: Bool, staff: StaffDirectory) async throws {
      if patient.isArchived { throw ClinicError(.patientArchived) }
      if slot.isPast { throw ClinicError(.inPast).with("field", "slot_id") }
      if slot.isBlocked { throw ClinicError(.slotBlocked) }
      if let taker { throw ClinicError(.slotTaken).with("appointment_id", taker) }
      if let overlap, !override {
        throw ClinicError(.appointmentsOverlap).with("appointment_id", overlap)
      }
      _ = try await staff.doctor(slot.doctorID)
    }
  }

  /// Locks the slot and the patient, and looks for other appointments of either at that time.
  var look: [SQL] { [lockSlot, lockPatient, takers, overlaps] }

  /// - Parameter results: what each statement of ``look`` gave.
  func findings(of results: [Rows]) throws -> Findings {
    guard let patient = try results[1].decode(as: PatientAtDesk.self).first else { throw missing }
    return Findings(
      slot: try results[0].row(orMissing: "slot", slot), patient: patient,
      taker: try results[2].column(as: ID<Appointment>.self).first,
      overlap: try results[3].column(as: ID<Appointment>.self).first)
  }

  private var patient: SQL {
    switch client {
    case .patient(let id): "SELECT survivor(\(id))"
    case .appointment(let id): "SELECT patient_id FROM appointments WHERE id = \(id)"
    }
  }

  private var moving: ID<Appointment>? {
    if case .appointment(let id) = client { id } else { nil }
  }

  private var missing: ClinicError {
    switch client {
    case .patient(let id): .notFound("patient", id)
    case .appointment(let id): .notFound("appointment", id)
    }
  }

  private var lockSlot: SQL {
    "SELECT \(sql: SlotAtDesk.columns) FROM slots WHERE id = \(slot) FOR NO KEY UPDATE"
  }

  private var lockPatient: SQL {
    """
    SELECT id, name, archived(archived_at, merged_into), NULL::text FROM patients \
    WHERE id = (\(sql: patient)) FOR NO KEY UPDATE
    """
  }

  private var takers: SQL {
    """
    SELECT id FROM appointments WHERE slot_id = \(slot) \
    AND status NOT IN ('CANCELLED', 'NO_SHOW') AND id IS DISTINCT FROM \(moving)
    """
  }

  /// The patient's live appointments at that time, those among them that may overlap.
  private var overlaps: SQL {
    """
    SELECT a.id FROM slots s JOIN appointments a ON a.date = s.date \
    AND a.start_time < s.end_time AND s.start_time < a.end_time WHERE s.id = \(slot) \
    AND a.patient_id = (\(sql: patient)) AND a.status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR') \
    AND a.id IS DISTINCT FROM \(moving) ORDER BY a.id LIMIT 1
    """
  }
}

/// What a booking needs to know of a slot, whose row is locked.
private struct SlotAtDesk: Sendable, RowDecodable {
  let doctorID: ID<User>
  let isBlocked: Bool
  let isPast: Bool

  static let columns: SQL =
    "doctor_id, is_blocked, (date + start_time)::timestamptz <= clock_timestamp()"

  init(cells: inout Cells) throws(PostgresError) {
    doctorID = try cells.next()
    isBlocked = try cells.next()
    isPast = try cells.next()
  }
}
