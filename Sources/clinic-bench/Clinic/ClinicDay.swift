import JSONRPC
import NIOCore
import RPCClient

/// Today's queue, which is emptied between measurements so that it stays as long as a clinic's day.
struct ClinicDay: Sendable {
  let setting: Setting
  /// The first of the patients.
  let patient: Int

  /// How many tokens a busy day has.
  static let length = 1000

  init(in setting: Setting) async throws {
    self.setting = setting
    patient = try await Patients.first(in: setting)
  }

  /// Calls that queue patients; different `round`s queue different ones.
  func walkIns(_ count: Int, round: Int = 0) -> [ByteBuffer] {
    (0..<count).map {
      Request.line(
        "queue.walk_in",
        #"{"patient_id":\#(patient + (round * Self.length + $0) % Patients.count)}"#)
    }
  }

  func fill(_ count: Int) async throws {
    let calls = walkIns(count)
    _ = try await LoadGenerator.with(setting.socket, connections: 32) { generator in
      try await generator.run(SingleCalls(calls), seconds: 60)
    }
  }

  /// Makes a day as boards see it at noon: 320 live tokens, eight of them with doctors.
  func open() async throws {
    try await reset()
    try await fill(320)
    for doctor in try await Doctors.ids(8, in: setting) {
      _ = try await setting.client.call(
        "queue.call_next", rawParams: Array(#"{"doctor_id":\#(doctor)}"#.utf8))
    }
  }

  /// The name of a token that waits.
  func waitingToken() async throws -> String {
    let queue = try await setting.client.call("queue.today", rawParams: nil)
    let waiting = queue["tokens"]?.elements.first { $0["status"]?.string == "WAITING" }
    guard let token = waiting?["token"]?.string else { throw Failure("nobody waits") }
    return token
  }

  /// Empties the day.
  ///
  /// The daemon remembers the day and only compares versions, which count up; after a failed batch
  /// it reads the day again. So a batch is made to fail, by a constraint that no event can meet; by
  /// its name the daemon takes it for a refusal and logs nothing.
  func reset() async throws {
    try await setting.postgres.run(
      """
      SET client_min_messages = warning;
      INSERT INTO queue_days (date) VALUES (current_date) ON CONFLICT DO NOTHING;
      ALTER TABLE queue_events DROP CONSTRAINT IF EXISTS queue_tokens_live_patient,
        ADD CONSTRAINT queue_tokens_live_patient CHECK (version < 0) NOT VALID;
      """)
    let probe = Array(#"{"patient_id":\#(patient + Patients.count - 1)}"#.utf8)
    let reply = try? await setting.client.call("queue.walk_in", rawParams: probe)
    try await setting.postgres.run(
      """
      ALTER TABLE queue_events DROP CONSTRAINT queue_tokens_live_patient;
      DELETE FROM queue_events WHERE date = current_date;
      DELETE FROM queue_tokens WHERE date = current_date;
      UPDATE queue_days SET last_number = 0, version = 0, closed_at = NULL WHERE date = current_date;
      """)
    // The day has its version again of which the index still holds rows that were deleted.
    try await setting.postgres.run("VACUUM queue_tokens, queue_events;")
    guard reply == nil else { throw Failure("the day could not be emptied") }
    try await waitUntilEmpty()
  }

  /// Waits until the boards' memory and Redis have followed, which takes a second or two.
  private func waitUntilEmpty() async throws {
    for _ in 0..<500 {
      let health = try await setting.client.call("system.health", rawParams: nil)
      let details = health["details"]
      if details?["queue_version"]?.int == 0, details?["queue_version_redis"]?.int == 0 { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Failure("the daemon does not notice that the day is empty")
  }
}
