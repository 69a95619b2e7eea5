import Crypto
import FoundationEssentials
package import JSONRPC
import Postgres

/// One call's claim on its key. Its scope is the caller and the method.
package struct IdempotencyClaim: Sendable {
  let scope: String
  let method: String
  let key: String
  /// What distinguishes this claim from others.
  var name: Name { Name(scope: scope, method: method, key: key) }

  /// Keys are compared byte by byte, as PostgreSQL does: to `String`, texts that look the same are
  /// equal.
  struct Name: Hashable {
    private let parts: [[UInt8]]

    init(scope: String, method: String, key: String) {
      parts = [scope, method, key].map { Array($0.utf8) }
    }
  }

  /// HMAC of the params, so that a key used with other params is noticed although no params are
  /// kept. Made with the audit's key, which lasts: a repeat may come after the key for tokens was
  /// changed.
  let params: [UInt8]

  package init(
    scope: String, method: String, key: IdempotencyKey, params: JSONValue?, secret: [UInt8]
  ) {
    self.scope = scope
    self.method = method
    self.key = key.rawValue
    var text = JSONWriter()
    if let params { Self.write(params, without: Self.member, to: &text) }
    self.params = Array(
      HMAC<SHA256>.authenticationCode(for: text.finish(), using: SymmetricKey(data: secret)))
  }

  /// Writes params so that equal params give equal text, however a client orders and spaces them,
  /// and whether it writes `1` or `1.0`.
  private static func write(
    _ value: JSONValue, without left: String? = nil, to json: inout JSONWriter
  ) {
    switch value.kind {
    case .object:
      json.beginObject()
      for member in value.members.sorted(by: { $0.name < $1.name }) where member.name != left {
        json.key(member.name)
        write(member.value, to: &json)
      }
      json.endObject()
    case .array:
      json.beginArray()
      for element in value.elements { write(element, to: &json) }
      json.endArray()
    case .string: json.string(value.string ?? "")
    default:
      if let whole = value.int { json.int(whole) } else { json.value(value) }
    }
  }

  static let member = "idempotency_key"

  /// Reads the key from a call's params, where every command may have it beside its own params.
  package static func key(in params: JSONValue?) throws -> IdempotencyKey? {
    guard let params, params.kind == .object, let value = params[member], !value.isNull else {
      return nil
    }
    do {
      return try JSONValueDecoder().decode(IdempotencyKey.self, from: value)
    } catch {
      var named = error
      named.field = member
      throw named
    }
  }

  /// Claims the key, after waiting for another call that uses it at the moment.
  ///
  /// - Returns: the first reply if there was one, `nil` for the first call.
  func claim(in transaction: Transaction) async throws -> [UInt8]? {
    let claimed = try await transaction.query(
      """
      INSERT INTO idempotency_keys (caller, method, key, params, reply) \
      VALUES (\(scope), \(method), \(key), \(params), '') \
      ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO NOTHING
      """)
    if claimed.affected == 1 { return nil }
    let rows = try await transaction.query(
      """
      SELECT params, reply FROM idempotency_keys \
      WHERE caller = \(scope) AND method = \(method) AND key = \(key)
      """)
    guard let row = rows.first else { throw ClinicError(.busy) }
    var cells = row.cells
    return try reply(knownParams: try cells.next(), reply: try cells.next())
  }

  /// The kept reply, if it was a reply to these params.
  func reply(knownParams: [UInt8], reply: String) throws(ClinicError) -> [UInt8] {
    guard knownParams == params else { throw ClinicError(.idempotencyKeyReused) }
    return Array(reply.utf8)
  }

  /// Keeps the reply, in the transaction that made it.
  func keep(_ reply: [UInt8], in transaction: Transaction) {
    transaction.enqueue(
      """
      UPDATE idempotency_keys SET reply = \(String(decoding: reply, as: UTF8.self)) \
      WHERE caller = \(scope) AND method = \(method) AND key = \(key)
      """)
  }
}
