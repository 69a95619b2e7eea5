package import JSONRPC
import Logging
import Postgres

/// The clinic as the server sees it: calls in, outcomes out.
package struct ClinicApplication: Application {
  package let clinic: Clinic
  package let methods: MethodTable

  package init(_ clinic: Clinic, methods: MethodTable) {
    self.clinic = clinic
    self.methods = methods
  }

  package var executor: any TaskExecutor { clinic.loop }
  package var methodNames: [String] { methods.names }

  package func opened(_ session: Session) { clinic.sessions.opened(session) }
  package func closed(_ session: Session) { clinic.sessions.closed(session) }

  package func profile(of method: String) -> CallProfile {
    let method = methods[method]
    var profile = method?.profile ?? .standard
    profile.deadline = clinic.settings.limit(of: method?.time)
    return profile
  }

  package func handleNow(_ call: IncomingCall, on session: Session) -> CallOutcome? {
    guard call.method == Ping.name, call.params.map({ $0.count == 0 }) ?? true else { return nil }
    return .result(Ping.reply)
  }

  package func handle(_ call: IncomingCall, on session: Session) async -> CallOutcome {
    guard let method = methods[call.method] else {
      return .failure(
        .methodNotFound(
          call.method, didYouMean: NearestName.nearest(to: call.method, among: methods.names)))
    }
    do {
      return .result(
        try await clinic.load.counting { try await run(method, call, on: session) })
    } catch {
      return .failure(explain(error, of: method))
    }
  }

  private func run(
    _ method: MethodEntry, _ call: IncomingCall, on session: Session
  ) async throws -> [UInt8] {
    let caller: Caller?
    do {
      caller = try await clinic.sessions.caller(of: session)
    } catch let error as ClinicError where error.reason.code == .notAuthenticated {
      guard method.roles.includesStrangers else {
        try await clinic.refusals.record(error.reason, of: method.name, by: nil, on: session)
        throw error
      }
      caller = nil
    }
    guard method.roles.allow(caller?.role) else {
      let reason: Reason = caller == nil ? .notAuthenticated : .roleNotAllowed
      try await clinic.refusals.record(
        reason, of: method.name, by: caller, on: session, subject: method.subject(call.params))
      throw ClinicError(reason)
    }
    clinic.log.debug(
      "a call",
      metadata: [
        "rpc.method": "\(method.name)", "rpc.request_id": "\(CallContext.current?.requestID ?? "")",
        "clinic.user": "\(caller?.name ?? "")",
      ])
    return try await method.invoke(call, caller, session, clinic)
  }

  private func explain(_ error: any Error, of method: MethodEntry) -> RPCError {
    switch error {
    case let error as ClinicError: return telling(error, of: method)
    case let error as ParamsError: return error.rpcError
    case let error as RPCError: return error
    case is CancellationError:
      return telling(ClinicError(ClinicError.reasonOfCancellation), of: method)
    case let error as PostgresError:
      if let known = ClinicError(error) {
        if known.reason == .storeUnavailable { clinic.postgresRefusals.tell(error) }
        return telling(known, of: method)
      }
      return unforeseen(error.description, of: method)
    default:
      return unforeseen("\(type(of: error))", of: method)
    }
  }

  private func telling(_ error: ClinicError, of method: MethodEntry) -> RPCError {
    guard error.reason == .deadlineExceeded, let context = CallContext.current else {
      return error.rpcError
    }
    let limit = profile(of: method.name).deadline
    let actual = limit + (.now - context.deadline)
    return error.with("limit", .int(Int(limit / .seconds(1))))
      .with("actual", .int(Int(actual / .seconds(1)))).rpcError
  }

  /// Logged once, with the request id that the caller gets; never with what the call held.
  private func unforeseen(_ what: String, of method: MethodEntry) -> RPCError {
    let id = CallContext.current?.requestID ?? ""
    clinic.log.error(
      "a call failed for an unforeseen reason",
      metadata: ["rpc.method": "\(method.name)", "rpc.request_id": "\(id)", "error": "\(what)"])
    return .internalError(requestID: id)
  }
}
