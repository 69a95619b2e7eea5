import NIOCore

/// Every method that reads, on a ``LargeClinic``, at 64 callers.
enum LargeReads {
  private static let callers = 64
  /// How long 99 of 100 calls may take, in milliseconds.
  private static let bound = 50.0

  /// One kind of call: its params for one of the rows.
  private struct Read {
    let method: String
    let what: String
    let params: @Sendable (Row) -> String

    init(_ method: String, _ what: String = "", _ params: @escaping @Sendable (Row) -> String) {
      self.method = method
      self.what = what
      self.params = params
    }
  }

  /// A visit that was picked, and ids of what belongs to it. Its day's number is at most 300, so it
  /// has an appointment and a prescription.
  private struct Row {
    let visit: Int
    let prescription: Int
    let appointment: Int
    let medicine: Int
    let patient: Int
    let doctor: Int
    /// The day, and one some weeks later.
    let date: String
    let later: String
    let name: String
  }

  private static let reads = [
    Read("patients.get") { #"{"id":\#($0.patient)}"# },
    Read("patients.list", "by name") { #"{"search":"\#($0.name)"}"# },
    Read("patients.list") { _ in "{}" },
    Read("patients.history") { #"{"patient_id":\#($0.patient)}"# },
    Read("doctors.list") { _ in "{}" },
    Read("users.list") { _ in "{}" },
    Read("slots.list", "of a doctor") {
      #"{"doctor_id":\#($0.doctor),"from":"\#($0.date)","to":"\#($0.later)"}"#
    },
    Read("appointments.get") { #"{"id":\#($0.appointment)}"# },
    Read("appointments.list", "of a patient") { #"{"patient_id":\#($0.patient)}"# },
    Read("appointments.list", "of a doctor's day") {
      #"{"doctor_id":\#($0.doctor),"date":"\#($0.date)"}"#
    },
    Read("queue.today", "1,000 tokens, to staff") { _ in "{}" },
    Read("queue.today", "of a day long ago") { #"{"date":"\#($0.date)"}"# },
    Read("queue.summary") { #"{"date":"\#($0.date)"}"# },
    Read("visits.get") { #"{"id":\#($0.visit)}"# },
    Read("visits.list", "of a patient") { #"{"patient_id":\#($0.patient)}"# },
    Read("visits.list", "of a doctor's weeks") {
      #"{"doctor_id":\#($0.doctor),"from":"\#($0.date)","to":"\#($0.later)"}"#
    },
    Read("visits.list", "of all, completed") { _ in #"{"status":"COMPLETED"}"# },
    Read("visits.list_notes") { #"{"visit_id":\#($0.visit)}"# },
    Read("prescriptions.get") { #"{"id":\#($0.prescription)}"# },
    Read("prescriptions.list", "of a patient") { #"{"patient_id":\#($0.patient)}"# },
    Read("prescriptions.list", "of a doctor") { #"{"doctor_id":\#($0.doctor)}"# },
    Read("prescriptions.print", "text") { #"{"id":\#($0.prescription),"format":"text"}"# },
    Read("inventory.list_medicines") { _ in #"{"search":"amox"}"# },
    Read("inventory.get_medicine") { #"{"id":\#($0.medicine)}"# },
    Read("inventory.list_batches") { #"{"medicine_id":\#($0.medicine),"include_empty":true}"# },
    Read("inventory.low_stock") { _ in "{}" },
    Read("inventory.expiring") { _ in #"{"days":90}"# },
    Read("dispensing.get") { #"{"id":\#($0.prescription)}"# },
    Read("dispensing.list", "of a patient") { #"{"patient_id":\#($0.patient)}"# },
    Read("dispensing.list", "of a day") { #"{"date":"\#($0.date)"}"# },
    Read("billing.get") { #"{"id":\#($0.prescription)}"# },
    Read("billing.list", "of a patient") { #"{"patient_id":\#($0.patient)}"# },
    Read("billing.list", "paid, of some weeks") {
      #"{"status":"PAID","from":"\#($0.date)","to":"\#($0.later)"}"#
    },
    Read("billing.receipt", "text") { #"{"id":\#($0.prescription),"format":"text"}"# },
    Read("reports.visit_history", "of a patient") { #"{"patient_id":\#($0.patient)}"# },
    Read("reports.visit_history", "of a doctor's weeks") {
      #"{"doctor_id":\#($0.doctor),"from":"\#($0.date)","to":"\#($0.later)"}"#
    },
    Read("reports.stock_movements", "of a medicine") { #"{"medicine_id":\#($0.medicine)}"# },
    Read("reports.stock_movements", "of some weeks") {
      #"{"from":"\#($0.date)T00:00:00Z","to":"\#($0.later)T00:00:00Z"}"#
    },
    Read("reports.audit_logs", "of a user") { #"{"user_id":\#($0.visit % 5 + 1)}"# },
    Read("reports.audit_logs", "of a patient") {
      #"{"resource_type":"patient","resource_id":"\#($0.visit % Patients.count)"}"#
    },
    Read("reports.audit_logs", "refused") { _ in #"{"outcome":"forbidden"}"# },
    Read("reports.daily_summary") { #"{"date":"\#($0.date)"}"# },
  ]

  static var methods: [String] { reads.map(\.method) }

  static func measure(_ setting: Setting, only: [String]) async throws -> [Finding] {
    let day = try await ClinicDay(in: setting)
    try await day.reset()
    try await day.fill(ClinicDay.length)
    let rows = try await pick(1000, in: setting)
    var findings: [Finding] = []
    for read in reads where only.isEmpty || only.contains(read.method) {
      let calls = rows.map { Request.line(read.method, read.params($0)) }
      // What was not read lately comes from the disk.
      _ = try await LoadGenerator.with(setting.socket, connections: 8) { generator in
        try await generator.run(SingleCalls(calls), seconds: 60)
      }
      // Nor is it measured what the audit of the last method still writes.
      _ = try await Audit.drain(setting, within: 120)
      let measured = try await LoadGenerator.with(setting.socket, connections: callers) {
        generator in
        _ = try await generator.run(CyclingCalls(calls), seconds: setting.warmUp)
        return try await setting.measure(
          generator, CyclingCalls(calls), seconds: max(2, setting.seconds / 2))
      }
      var finding = Finding(
        read.what.isEmpty ? read.method : "\(read.method), \(read.what)", measured)
      finding.goals = [
        Finding.Goal(
          name: "p99", measured: finding.p99 ?? .infinity, bound: bound, isUpperBound: true,
          unit: " ms")
      ]
      findings.append(finding)
    }
    return findings
  }

  private static func pick(_ count: Int, in setting: Setting) async throws -> [Row] {
    let lines = try await setting.postgres.run(
      """
      SELECT v.id, r.id, v.appointment_id, i.medicine_id, v.patient_id, v.doctor_id, v.date,
        v.date + 21, split_part(p.name, ' ', 2)
      FROM (SELECT \(LargeClinic.base) + (random() * \(LargeClinic.days - 30))::integer * 1000
        + 1 + (random() * 299)::integer AS id FROM generate_series(1, \(count))) picked
      JOIN visits v USING (id) JOIN prescriptions r ON r.visit_id = v.id
      JOIN prescription_items i ON i.prescription_id = r.id AND i.position = 1
      JOIN patients p ON p.id = v.patient_id;
      """
    ).split(separator: "\n")
    return lines.compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let numbers = cells.prefix(6).compactMap { Int($0) }
      guard cells.count == 9, numbers.count == 6 else { return nil }
      return Row(
        visit: numbers[0], prescription: numbers[1], appointment: numbers[2],
        medicine: numbers[3], patient: numbers[4], doctor: numbers[5], date: cells[6],
        later: cells[7], name: cells[8])
    }
  }
}
