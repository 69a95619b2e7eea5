import JSONRPC
import RPCClient

/// Doctors to call patients, registered once.
enum Doctors {
  /// - Returns: their ids.
  static func ids(_ count: Int, in setting: Setting) async throws -> [Int] {
    // Registering computes a password's hash each time; nobody logs in as these.
    let ids = try await setting.postgres.run(
      """
      INSERT INTO users (username, password_hash, full_name, role, room)
      SELECT 'bench.doctor.' || n, '-', 'Dr. Bench ' || n, 'DOCTOR', 'Room ' || n
      FROM generate_series(1, \(count)) n ON CONFLICT (username) DO NOTHING;
      SELECT id FROM users WHERE username LIKE 'bench.doctor.%' AND role = 'DOCTOR' AND enabled
      ORDER BY id LIMIT \(count);
      """
    ).split(separator: "\n").compactMap { Int($0) }
    guard ids.count == count else { throw Failure("there are not \(count) doctors") }
    try await waitUntilKnown(ids, in: setting)
    return ids
  }

  /// Waits until the daemon has heard of new staff, by PostgreSQL's notifications.
  private static func waitUntilKnown(_ ids: [Int], in setting: Setting) async throws {
    for _ in 0..<250 {
      let page = try await setting.client.call("doctors.list", rawParams: nil)
      let known = page["items"].map { Set($0.elements.compactMap { $0["id"]?.int }) } ?? []
      if known.isSuperset(of: ids) { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Failure("the daemon does not know the new doctors")
  }
}
