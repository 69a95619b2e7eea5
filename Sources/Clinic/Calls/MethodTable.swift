package import JSONRPC
import Postgres

/// A method as the table holds it: its declaration, and how a call of it is run.
package struct MethodEntry: Sendable {
  package let name: String
  package let roles: Roles
  package let profile: CallProfile
  /// The time limit of its calls, if that is longer than the configured one.
  let time: Duration?
  package let description: MethodDescription
  /// Whether refusals of it are told in the audit.
  package let isAudited: Bool
  /// What a call with these params is about, where they can be read.
  let subject: @Sendable (JSONValue?) -> Subject?
  package let invoke: @Sendable (IncomingCall, Caller?, Session, Clinic) async throws -> [UInt8]
}

/// Every method, by name. One list gives authorization, dispatch and documentation.
package struct MethodTable: Sendable {
  package let entries: [MethodEntry]
  private let byName: [String: MethodEntry]

  package init(_ entries: [MethodEntry]) {
    self.entries = entries
    byName = Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
  }

  package subscript(name: String) -> MethodEntry? { byName[name] }
  package var names: [String] { entries.map(\.name) }

  /// The whole table: one list per department.
  package static func all() throws -> MethodTable {
    MethodTable(
      try staffMethods() + deviceMethods() + patientMethods() + schedulingMethods() + queueMethods()
        + visitMethods() + prescriptionMethods() + pharmacyMethods() + billingMethods()
        + reportMethods() + auditMethods() + systemMethods())
  }
}

extension MethodEntry {
  package static func query<M: Query>(_ method: M.Type) throws -> MethodEntry {
    try entry(method, isAudited: M.isAudited) { params, call, caller, _, clinic in
      let query = try ParamsReader.decode(M.self, from: call.params, names: params)
      guard M.isAudited, let caller else {
        return try JSONValueEncoder().encode(try await query.run(in: clinic, by: caller))
      }
      let entry = AuditEntry(by: caller, method: M.name, subject: query.subject)
      do {
        if query.isAuditedFirst { try await clinic.audit.record(entry) }
        let result = try await query.run(in: clinic, by: caller)
        if !query.isAuditedFirst { try await clinic.audit.record(entry) }
        return try JSONValueEncoder().encode(result)
      } catch let error as ClinicError where error.reason.isAudited {
        var refusal = entry
        refusal.outcome = error.reason.rawValue
        try await clinic.audit.record(refusal)
        throw error
      }
    }
  }

  package static func query<M: SelfAuditedQuery>(_ method: M.Type) throws -> MethodEntry {
    try entry(method, isAudited: true) { params, call, caller, _, clinic in
      guard let caller else { throw ClinicError(.notAuthenticated) }
      let query = try ParamsReader.decode(M.self, from: call.params, names: params)
      let entry = AuditEntry(by: caller, method: M.name, subject: query.subject)
      return try JSONValueEncoder().encode(try await query.run(in: clinic, entry: entry))
    }
  }

  package static func command<M: Command>(_ method: M.Type) throws -> MethodEntry {
    try command(method) { _, _, _ in nil }
  }

  package static func command<M: PipelinedCommand>(_ method: M.Type) throws -> MethodEntry {
    try command(method) { command, clinic, caller in
      PipelinedWork(
        locks: command.locks, guards: command.guards, look: command.look,
        decide: { try await command.statements(after: $0, in: clinic, by: caller) },
        reply: command.result)
    }
  }

  /// - Parameter pipelined: the command as statements, if it can travel with others.
  private static func command<M: Command>(
    _ method: M.Type,
    pipelined: @escaping @Sendable (M, Clinic, Caller) -> PipelinedWork<M.Result>?
  ) throws -> MethodEntry {
    try entry(method, isAudited: true, takesKey: M.takesKey) { params, call, caller, _, clinic in
      guard let caller else { throw ClinicError(.notAuthenticated) }
      var prepared = try ParamsReader.decode(M.self, from: call.params, names: params)
      try await prepared.prepare(in: clinic, by: caller)
      let command = prepared
      let claim = try M.takesKey ? IdempotencyClaim(of: call, by: caller, in: clinic) : nil
      let outcome = Outcome<M.Result>()
      let encode: @Sendable (M.Result) throws -> [UInt8] = { result in
        outcome.value = result
        return try JSONValueEncoder().encode(result)
      }
      let reply = try await M.lane(of: clinic).run(
        CommandWork(
          context: CallContext.current,
          body: { transaction in
            outcome.forget()
            if let kept = try await claim?.claim(in: transaction) {
              outcome.isRepeat = true
              outcome.value = try? JSONValueDecoder().decode(
                M.Result.self, from: JSONDocument(parsing: kept).root)
              return kept
            }
            let reply = try encode(await command.run(in: transaction, of: clinic, by: caller))
            claim?.keep(reply, in: transaction)
            return reply
          },
          pipelined: claim == nil ? pipelined(command, clinic, caller)?.map(encode) : nil,
          entry: { ended in
            AuditEntry(
              of: M.name, by: caller,
              subject: outcome.value.flatMap(command.subject) ?? command.subject,
              details: outcome.isRepeat
                ? AuditEntry.repeated : outcome.value.flatMap(command.auditDetails), ended)
          }),
        isShared: M.sharesTransaction)
      if let result = outcome.value, !outcome.isRepeat {
        await command.committed(result, in: clinic)
      }
      return reply
    }
  }

  package static func queue<M: QueueCommand>(_ method: M.Type) throws -> MethodEntry {
    try entry(method, isAudited: true, takesKey: true) { params, call, caller, _, clinic in
      guard let caller else { throw ClinicError(.notAuthenticated) }
      let command = try ParamsReader.decode(M.self, from: call.params, names: params)
      return try await clinic.queue.run(
        command, by: caller, claim: try IdempotencyClaim(of: call, by: caller, in: clinic))
    }
  }

  package static func session<M: SessionMethod>(_ method: M.Type) throws -> MethodEntry {
    try entry(method, isAudited: false) { params, call, caller, session, clinic in
      let method = try ParamsReader.decode(M.self, from: call.params, names: params)
      do {
        return try JSONValueEncoder().encode(try await method.run(on: session, of: clinic))
      } catch let error as ClinicError where error.reason.isAudited {
        try await clinic.refusals.record(error.reason, of: M.name, by: caller, on: session)
        throw error
      }
    }
  }

  /// A method that the server answers before it asks the application.
  package static func ofServer<M: Method>(_ method: M.Type) throws -> MethodEntry {
    try entry(method, isAudited: false) { _, call, _, _, _ in
      throw RPCError.methodNotFound(call.method, didYouMean: nil)
    }
  }

  private static func entry<M: Method>(
    _ method: M.Type, isAudited: Bool, takesKey: Bool = false,
    invoke:
      @escaping @Sendable (MethodParams, IncomingCall, Caller?, Session, Clinic) async throws ->
      [UInt8]
  ) throws -> MethodEntry {
    var params = try MethodParams(M.self)
    if takesKey {
      params = params.adding(IdempotencyClaim.member, .nullable(IdempotencyKey.jsonSchema))
    }
    let known = params
    return MethodEntry(
      name: M.name, roles: M.roles, profile: M.profile, time: M.time,
      description: MethodDescription(
        name: M.name, summary: M.summary, params: params,
        result: try SchemaRecorder.schema(of: M.Result.self), roles: M.roles.names,
        errors: M.errors.map {
          MethodDescription.ErrorDescription(
            code: $0.code, reason: $0.rawValue, message: $0.message)
        }),
      isAudited: isAudited,
      subject: { (try? ParamsReader.decode(M.self, from: $0, names: known))?.subject },
      invoke: { try await invoke(known, $0, $1, $2, $3) })
  }
}

/// What a command's transaction leaves for after its commit. Written in the transaction, read after
/// it.
private final class Outcome<Value: Sendable>: Sendable {
  private let stored = LockedValue<(value: Value?, isRepeat: Bool)>((nil, false))
  var value: Value? {
    get { stored.value.value }
    set { stored.update { $0.value = newValue } }
  }
  /// Whether the outcome is a kept reply.
  var isRepeat: Bool {
    get { stored.value.isRepeat }
    set { stored.update { $0.isRepeat = newValue } }
  }

  func forget() { stored.value = (nil, false) }
}

extension IdempotencyClaim {
  /// The claim of a call that brings a key.
  init?(of call: IncomingCall, by caller: Caller, in clinic: Clinic) throws {
    guard let key = try Self.key(in: call.params) else { return nil }
    // A reply that was kept for one role is not for another.
    self.init(
      scope: "\(caller.scope) \(caller.role.rawValue)", method: call.method, key: key,
      params: call.params, secret: clinic.settings.auditKey)
  }
}

extension AuditEntry {
  /// The details of a call that changed nothing: it had its key's reply.
  static let repeated = #"{"repeated":true}"#

  /// The entry of a command; nil for a failure that is nobody's refusal.
  init?(
    of method: String, by caller: Caller, subject: Subject?, details: String? = nil,
    _ outcome: Result<[UInt8], any Error>
  ) {
    switch outcome {
    case .success: self.init(by: caller, method: method, subject: subject, details: details)
    case .failure(let error):
      let refusal = error as? ClinicError ?? (error as? PostgresError).flatMap(ClinicError.init)
      guard let refusal, refusal.reason.isAudited else { return nil }
      self.init(
        by: caller, method: method, subject: subject, outcome: refusal.reason.rawValue,
        details: details)
    }
  }
}

extension Reason {
  /// A refusal is audited; that a store is away or a call was cancelled is not one.
  var isAudited: Bool { code != .notNow }
}
