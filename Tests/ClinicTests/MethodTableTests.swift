import JSONRPC
import Testing

@testable import Clinic

/// Rule 45: every method × role pair has an expected answer, here; unlisted means refused.
@Suite struct MethodTableTests {
  /// Who may call each method: Admin, Doctor, Pharmacist, Reception, Kiosk, Board, and "-" for
  /// whoever has not logged in.
  static let expected: [String: String] = [
    "auth.login": "ADPRKB-",
    "auth.authenticate": "ADPRKB-",
    "auth.refresh": "ADPRKB-",
    "auth.logout": "ADPRKB-",
    "auth.whoami": "ADPRKB",
    "auth.change_password": "ADPRK",
    "auth.register": "A",
    "users.list": "A",
    "users.get": "A",
    "users.update": "A",
    "users.reset_password": "A",
    "doctors.list": "ADPRK",
    "devices.request_pairing": "ADPRKB-",
    "devices.claim": "ADPRKB-",
    "devices.approve": "AR",
    "devices.revoke": "A",
    "devices.list": "A",
    "kiosk.identify": "AK",
    "patients.list": "ADPR",
    "patients.create": "ADRK",
    "patients.get": "ADPR",
    "patients.update": "ADR",
    "patients.delete": "AR",
    "patients.history": "AD",
    "patients.merge": "A",
    "patients.unmerge": "A",
    "slots.create_bulk": "AD",
    "slots.block": "AD",
    "slots.unblock": "AD",
    "slots.list": "ADPRK",
    "appointments.create": "ADR",
    "appointments.get": "ADR",
    "appointments.list": "ADR",
    "appointments.update": "ADR",
    "appointments.cancel": "ADR",
    "appointments.mark_no_show": "ADR",
    "queue.walk_in": "ARK",
    "queue.check_in": "ARK",
    "queue.today": "ADRKB",
    "queue.call_next": "ADR",
    "queue.set_status": "ADR",
    "queue.undo": "ADR",
    "queue.recall": "ADR",
    "queue.transfer": "ADR",
    "queue.set_priority": "ADR",
    "queue.summary": "ADR",
    "queue.subscribe": "ADRKB",
    "queue.unsubscribe": "ADRKB",
    "inventory.list_medicines": "ADP",
    "inventory.add_medicine": "AP",
    "inventory.get_medicine": "AP",
    "inventory.update_medicine": "AP",
    "inventory.low_stock": "ADP",
    "inventory.expiring": "ADP",
    "inventory.list_batches": "AP",
    "inventory.add_batch": "AP",
    "inventory.update_batch": "AP",
    "inventory.hold_batch": "AP",
    "inventory.release_batch": "AP",
    "inventory.stocktake": "AP",
    "billing.create": "APR",
    "billing.get": "APR",
    "billing.list": "APR",
    "billing.update": "APR",
    "billing.issue": "APR",
    "billing.pay": "APR",
    "billing.cancel": "AR",
    "billing.refund": "AR",
    "billing.receipt": "AR",
    "visits.create": "AD",
    "visits.get": "ADR",
    "visits.list": "AD",
    "visits.update": "AD",
    "visits.complete": "AD",
    "visits.add_note": "AD",
    "visits.list_notes": "AD",
    "prescriptions.create": "AD",
    "prescriptions.get": "ADP",
    "prescriptions.list": "ADPR",
    "prescriptions.cancel": "AD",
    "prescriptions.print": "ADP",
    "dispensing.create": "AP",
    "dispensing.get": "AP",
    "dispensing.list": "AP",
    "dispensing.return": "AP",
    "reports.audit_logs": "A",
    "audit.verify": "A",
    "reports.visit_history": "AD",
    "reports.stock_movements": "AP",
    "reports.daily_summary": "A",
    "reports.print_daily_summary": "A",
    "reports.roll_up": "A",
    "system.ping": "ADPRKB-",
    "system.version": "ADPRKB-",
    "system.health": "ADPRKB",
    "system.stats": "ADPRKB",
    "system.rebuild": "A",
    "system.reconcile": "A",
    "rpc.discover": "ADPRKB-", "rpc.cancel": "ADPRKB-",
  ]

  static let letters: [(letter: Character, role: Role?)] = [
    ("A", .admin), ("D", .doctor), ("P", .pharmacist), ("R", .reception), ("K", .kiosk),
    ("B", .display), ("-", nil),
  ]

  private let table: MethodTable

  init() throws {
    table = try .all()
  }

  @Test("rule 45: every role has its letter")
  func everyRole() {
    #expect(Set(Self.letters.map(\.role)) == Set(Role.allCases.map(Optional.some) + [nil]))
  }

  @Test("rule 45: no method is missing here, none is here that there is not, none is there twice")
  func everyMethod() {
    #expect(Set(Self.expected.keys).subtracting(table.names) == [])
    #expect(Set(table.names).subtracting(Self.expected.keys) == [])
    #expect(table.names.count == Set(table.names).count)
  }

  @Test("rule 45: every method × role", arguments: expected.keys.sorted())
  func everyPair(name: String) throws {
    let entry = try #require(table[name])
    let allowed = try #require(Self.expected[name])
    for (letter, role) in Self.letters {
      #expect(entry.roles.allow(role) == allowed.contains(letter), "\(name) for \(letter)")
    }
    let names = Self.letters.filter { allowed.contains($0.letter) }
      .map { $0.role?.rawValue ?? "UNAUTHENTICATED" }
    #expect(Set(entry.description.roles) == Set(names), "what rpc.discover says")
  }

  @Test(
    "rule 45: what is no method's name exactly is no method",
    arguments: [
      "", "queue", "queue.", "queue.Today", "QUEUE.TODAY", "queue.today ", " queue.today",
      "queue_today",
      "auth.login\u{0}", "rpc.cancelled",
    ])
  func unlisted(name: String) { #expect(table[name] == nil) }
}

/// What `rpc.discover` tells of each method is learnt from its declaration.
@Suite struct MethodSchemaTests {
  static let names = MethodTableTests.expected.keys.sorted()

  private let table: MethodTable

  init() throws {
    table = try .all()
  }

  @Test("every method records its params and its result", arguments: names)
  func records(name: String) throws {
    let description = try #require(table[name]).description
    #expect(!description.summary.isEmpty && description.summary.hasSuffix("."))
    let result = try #require(description.result)
    #expect(
      result == .any || !result.properties.isEmpty || name == "queue.today"
        || name.hasPrefix("queue."), "results are objects")
    for field in description.params.fields {
      #expect(
        field.name.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || $0 == 0x5F || (0x30...0x39).contains($0)
        })
      #expect(!field.schema.json.isEmpty)
    }
    #expect(Set(description.params.fields.map(\.name)).count == description.params.fields.count)
    let reasons = description.errors.map(\.reason)
    #expect(reasons.count == Set(reasons).count)
    #expect(reasons.allSatisfy { Reason(rawValue: $0) != nil })
  }

  @Test("every method that writes takes a key and a version by name only, or neither")
  func byNameOnly() throws {
    let without: Set = ["auth.register", "kiosk.identify"]
    for entry in table.entries {
      let key = entry.description.params.field(named: "idempotency_key")
      if let key { #expect(key.isByNameOnly && !key.isRequired, "\(entry.name)") }
      if without.contains(entry.name) || !Self.writes.contains(entry.name) {
        #expect(key == nil, "\(entry.name) takes no key")
      } else {
        #expect(key != nil, "\(entry.name) takes a key")
      }
      if let version = entry.description.params.field(named: "version") {
        #expect(version.isByNameOnly && !version.isRequired, "\(entry.name)")
      }
    }
    for name in [
      "users.update", "users.reset_password", "patients.update", "patients.delete",
      "billing.update", "billing.issue", "billing.cancel",
      "visits.update", "visits.complete", "prescriptions.cancel",
    ] {
      #expect(table[name]?.description.params.field(named: "version") != nil, "\(name)")
    }
  }

  private static let writes: Set = [
    "auth.register", "users.update", "users.reset_password", "devices.approve", "devices.revoke",
    "kiosk.identify", "patients.create", "patients.update", "patients.delete", "slots.create_bulk",
    "slots.block", "slots.unblock", "appointments.create", "appointments.update",
    "appointments.cancel", "appointments.mark_no_show", "queue.check_in", "queue.walk_in",
    "queue.call_next", "queue.set_status", "queue.undo", "queue.recall", "queue.transfer",
    "queue.set_priority", "inventory.add_medicine", "inventory.update_medicine",
    "inventory.add_batch", "inventory.update_batch", "inventory.hold_batch",
    "inventory.release_batch", "inventory.stocktake", "billing.create", "billing.update",
    "billing.issue", "billing.pay", "billing.cancel", "billing.refund", "visits.create",
    "visits.update", "visits.complete", "visits.add_note", "prescriptions.create",
    "prescriptions.cancel", "reports.roll_up",
    "patients.merge", "patients.unmerge",
    "dispensing.create", "dispensing.return",
  ]

  @Test("the document is JSON, names each method once, and is the same each time")
  func document() throws {
    let bytes = Discover.document(of: table.entries, version: "1")
    #expect(bytes == Discover.document(of: try MethodTable.all().entries, version: "1"))
    let root = try JSONDocument(parsing: bytes, limits: JSONLimits(maxBytes: 8 << 20)).root
    let names = try #require(root["methods"]).elements.compactMap { $0["name"]?.string }
    #expect(names == table.names)
    #expect(root["openrpc"]?.string == "1.3.2")
  }

  @Test("every reason has a word, a code and a message of its own")
  func reasons() {
    let messages = Reason.allCases.map(\.message)
    #expect(messages.allSatisfy { !$0.isEmpty })
    #expect(Set(messages).count == messages.count)
    for reason in Reason.allCases {
      #expect(reason.rawValue.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F })
      let error = ClinicError(reason).rpcError
      #expect(error.data["reason"] == .string(reason.rawValue))
      #expect(error.code == reason.code.rawValue)
    }
  }
}
