import Clinic
import Host
import JSONRPC
import Postgres
import StoreLoop

/// A small clinic to try the daemon on: staff of every role, 200 patients, the doctors' slots of
/// two weeks, some appointments of today, some thirty medicines. Loading it again on the same day
/// changes nothing. A clinic with other data is left alone.
enum DemoClinic {
  private struct Person {
    let key: String
    let username: String
    let fullName: String
    let role: Role
    var speciality: String?
    var room: String?
  }

  /// The first of each role is the demo user of that role.
  private static let staff = [
    Person(key: "admin", username: "admin", fullName: "Ines Duarte", role: .admin),
    Person(
      key: "doctor", username: "dr.rao", fullName: "Dr. Meera Rao", role: .doctor,
      speciality: "General medicine", room: "Room 1"),
    Person(
      key: "doctor2", username: "dr.haddad", fullName: "Dr. Karim Haddad", role: .doctor,
      speciality: "Paediatrics", room: "Room 2"),
    Person(
      key: "doctor3", username: "dr.silva", fullName: "Dr. Beatriz Silva", role: .doctor,
      speciality: "Cardiology", room: "Room 3"),
    Person(
      key: "pharmacist", username: "pharmacist", fullName: "Tomasz Zieliński", role: .pharmacist),
    Person(key: "reception", username: "reception", fullName: "Grace Okafor", role: .reception),
    Person(key: "kiosk", username: "kiosk", fullName: "Lobby kiosk", role: .kiosk),
    Person(key: "display", username: "display", fullName: "Waiting room board", role: .display),
  ]

  static func load(_ configuration: Configuration, credentials path: String) async throws {
    let daemon = try Daemon(configuration)
    let known = passwords(in: path)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await daemon.postgres.run() }
      defer { group.cancelAll() }
      try await requireOwn(daemon.postgres)
      let members = try await addStaff(
        to: daemon.postgres, known: known, cost: configuration.settings.passwordCost)
      try await addPatients(to: daemon.postgres)
      try await addSlots(to: daemon.postgres)
      try await DemoPharmacy.load(into: daemon.postgres)
      do throws(SmallFile.Failure) {
        try SmallFile.write(members, to: path)
      } catch {
        throw Daemon.Failure(description: "\(path) cannot be written: \(error.reason)")
      }
    }
  }

  /// The demo's patients are there, or nobody but its staff is.
  private static func requireOwn(_ postgres: PostgresClient) async throws {
    let isOwn: Bool = try await postgres.query(
      """
      SELECT CASE WHEN EXISTS (SELECT FROM patients) \
      THEN (SELECT registered_by = 'demo' FROM patients ORDER BY id LIMIT 1) \
      ELSE NOT EXISTS (SELECT username, full_name FROM users EXCEPT \
      SELECT * FROM unnest(\(staff.map(\.username)), \(staff.map(\.fullName)))) END
      """
    ).single()
    guard isOwn else {
      throw Daemon.Failure(
        description: "this is no demo clinic: it has users or patients that are not the demo's")
    }
  }

  // MARK: - Staff

  /// Makes the users that are missing, and gives a new password to those whose password is not
  /// in the file any more.
  ///
  /// - Returns: the file's new content.
  private static func addStaff(
    to postgres: PostgresClient, known: [String: String], cost: Int
  ) async throws -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    for person in staff {
      let names = try await postgres.query(
        "SELECT full_name FROM users WHERE username = \(person.username)"
      ).column(as: String.self)
      var password = known[person.key]
      if names.isEmpty || password == nil {
        guard names.isEmpty || names == [person.fullName] else {
          throw Daemon.Failure(
            description: "the user \(person.username) is not the demo's, and is left alone")
        }
        let fresh = randomPassword()
        let hash = try await Clinic.passwordHash(of: fresh, cost: cost)
        _ = try await postgres.query(
          """
          INSERT INTO users (username, password_hash, full_name, role, speciality, room) VALUES \
          (\(person.username), \(hash), \(person.fullName), \(person.role), \(person.speciality), \
          \(person.room)) ON CONFLICT (username) DO UPDATE SET password_hash = \(hash), \
          version = users.version + 1 WHERE users.full_name = \(person.fullName)
          """)
        password = fresh
      }
      json.key(person.key)
      json.beginObject()
      json.member("username", person.username)
      json.member("password", password ?? "")
      json.endObject()
    }
    json.endObject()
    return json.finish() + Array("\n".utf8)
  }

  /// The passwords that an earlier load has written down.
  private static func passwords(in path: String) -> [String: String] {
    guard let bytes = try? SmallFile.read(path), let document = try? JSONDocument(parsing: bytes)
    else { return [:] }
    return document.root.members.reduce(into: [:]) { found, member in
      found[member.name] = member.value["password"]?.string
    }
  }

  private static func randomPassword() -> String {
    let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
    return (0..<4).map { _ in String((0..<4).map { _ in alphabet.randomElement() ?? "x" }) }
      .joined(separator: "-")
  }

  // MARK: - Patients

  private static let names: [(first: [String], last: [String])] = [
    (["Asha", "Ravi", "Priya", "Arjun", "Lakshmi"], ["Sharma", "Iyer", "Patel", "Nair", "Gupta"]),
    (["आशा", "रवि", "प्रिया", "अर्जुन", "सीता"], ["शर्मा", "वर्मा", "गुप्ता", "यादव", "मिश्रा"]),
    (
      ["María", "José", "Lucía", "Íñigo", "Begoña"], ["Muñoz", "García", "Peña", "Ibáñez", "Núñez"]
    ),
    (["فاطمة", "محمد", "ليلى", "يوسف", "مريم"], ["الحداد", "المصري", "العلي", "خوري", "نصر"]),
    (
      ["Chloé", "François", "Zoé", "Jérôme", "Agnès"],
      ["Lefèvre", "Dubois", "Gérard", "Moreau", "Rousseau"]
    ),
    (
      ["Siobhán", "Liam", "Aoife", "Seán", "Niamh"],
      ["O'Brien", "O'Connor", "Byrne", "Murphy", "Ní Bhriain"]
    ),
    (["小明", "丽华", "伟", "芳", "建国"], ["王", "李", "张", "刘", "陈"]),
    (
      ["Олена", "Тарас", "Марія", "Богдан", "Ірина"],
      ["Шевченко", "Коваль", "Бондар", "Мельник", "Ткач"]
    ),
  ]

  private static func addPatients(to postgres: PostgresClient) async throws {
    let names = (0..<200).map { index in
      let group = Self.names[index % Self.names.count]
      let step = index / Self.names.count
      return "\(group.first[step % 5]) \(group.last[(step / 5 + step) % 5])"
    }
    let phones = (0..<200).map { "+44 20 7946 \(String(1000 + $0).suffix(4))" }
    let births = (0..<200).map { PostgresDate(days: Int32(-18_000 + $0 * 127)) }
    _ = try await postgres.query(
      """
      INSERT INTO patients (name, phone, date_of_birth, sex, registered_by) \
      SELECT name, phone, born, CASE number % 2 WHEN 0 THEN 'FEMALE' ELSE 'MALE' END, 'demo' \
      FROM unnest(\(names), \(phones), \(births)) WITH ORDINALITY AS t (name, phone, born, number) \
      WHERE NOT EXISTS (SELECT FROM patients) ORDER BY number
      """)
  }

  // MARK: - Appointments

  /// Slots of a quarter of an hour from 08:00 to 20:00, with an hour's break, for today and two
  /// weeks; of those still to come today every third one is booked, up to twelve.
  private static func addSlots(to postgres: PostgresClient) async throws {
    let doctors = staff.filter { $0.role == .doctor }.map(\.username)
    _ = try await postgres.query(
      """
      INSERT INTO slots (doctor_id, date, start_time, end_time) \
      SELECT u.id, current_date + day, '08:00'::time + make_interval(mins => 15 * n), \
      '08:15'::time + make_interval(mins => 15 * n) FROM users u, generate_series(0, 14) day, \
      generate_series(0, 47) n WHERE u.username = ANY(\(doctors)) AND n NOT BETWEEN 20 AND 23 \
      ORDER BY u.id, day, n ON CONFLICT DO NOTHING
      """)
    _ = try await postgres.query(
      """
      INSERT INTO appointments (patient_id, slot_id, doctor_id, date, start_time, end_time, \
      reason, created_by, changed_by) SELECT p.id, s.id, s.doctor_id, s.date, s.start_time, \
      s.end_time, 'Check-up', 'demo', 'demo' \
      FROM (SELECT *, row_number() OVER (ORDER BY start_time, id) AS number FROM slots \
      WHERE date = current_date AND (date + start_time)::timestamptz > now()) s \
      JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number FROM patients \
      WHERE archived_at IS NULL) p ON s.number = 3 * p.number \
      WHERE p.number <= 12 AND NOT EXISTS (SELECT FROM appointments WHERE date = current_date)
      """)
  }
}
