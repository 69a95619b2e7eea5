import JSONRPC
import Postgres
import StoreLoop
import Testing

@testable import Clinic

/// A zone in which it is about noon, so that what a test does happens on one day.
enum NoonZone {
  static let name: String = {
    let hour = WallClock.microseconds() / 3_600_000_000 % 24
    // POSIX counts to the west.
    return hour == 12 ? "Etc/GMT" : "Etc/GMT\(hour < 12 ? "-" : "+")\(abs(12 - hour))"
  }()

  static let settings = ["CLINIC_TIME_ZONE": name]
}

extension TestClinic {
  /// A slot that begins so many minutes from now, in the noon zone. - Returns: its id.
  func slot(of doctor: Member, in minutes: Int, lasting: Int = 15) async throws -> Int {
    try await number(
      """
      INSERT INTO slots (doctor_id, date, start_time, end_time) SELECT \(doctor.id), t::date, \
      t::time, t::time + make_interval(mins => \(lasting)::integer) FROM (SELECT \
      date_trunc('minute', now() AT TIME ZONE \(NoonZone.name)) \
      + make_interval(mins => \(minutes)::integer) AS t) AS t RETURNING id
      """)
  }

  /// Slots of a quarter of an hour from 09:00 on, a month from now. - Returns: their ids.
  func slots(of doctor: Member, _ count: Int = 1) async throws -> [Int] {
    let rows = try await postgres.query(
      """
      INSERT INTO slots (doctor_id, date, start_time, end_time) SELECT \(doctor.id), \
      current_date + 30, '09:00'::time + make_interval(mins => 15 * n::integer), \
      '09:15'::time + make_interval(mins => 15 * n::integer) \
      FROM generate_series(0, \(count) - 1) n RETURNING id
      """)
    return try rows.column(as: Int.self).sorted()
  }

  /// A scheduled appointment with a doctor today. - Returns: its id.
  func appointment(with doctor: DoctorAtWork, of patient: Int? = nil) async throws -> Int {
    let number: Int
    if let patient { number = patient } else { number = try await self.patient() }
    return try #require(
      try await postgres.query(
        """
        WITH s AS (INSERT INTO slots (doctor_id, date, start_time, end_time) SELECT \
        \(doctor.member.id), current_date, '00:00'::time + count(*) * interval '1 minute', \
        '00:01'::time + count(*) * interval '1 minute' FROM slots RETURNING *) \
        INSERT INTO appointments (patient_id, slot_id, doctor_id, date, start_time, end_time, \
        created_by, changed_by) SELECT \(number), id, doctor_id, date, start_time, end_time, \
        'test', 'test' FROM s RETURNING id
        """
      ).column(as: Int.self).first)
  }

  /// Books a slot for a patient of its own. - Returns: the appointment's id.
  func booking(
    of slot: Int, by desk: TestConnection, for patient: Int? = nil
  ) async throws -> Int {
    let patient = try await patient.orElse { try await self.patient() }
    return try await desk.call(
      "appointments.create", ["patient_id": .int(patient), "slot_id": .int(slot)]
    ).integer("id")
  }

  func status(ofAppointment id: Int) async throws -> String {
    try #require(try await texts("SELECT status FROM appointments WHERE id = \(id)").first)
  }
}
