package import JSONRPC

/// A refusal, with details that help its reader.
package struct ClinicError: Error, Sendable, Equatable {
  package let reason: Reason
  /// Further members of the error's data.
  package private(set) var details: RPCError.Details = [:]

  package init(_ reason: Reason) {
    self.reason = reason
  }

  package func with(_ name: String, _ value: RPCError.Value) -> ClinicError {
    var copy = self
    copy.details.append(name, value)
    return copy
  }

  package func with(_ name: String, _ text: String) -> ClinicError { with(name, .string(text)) }

  package func with<Entity>(_ name: String, _ id: ID<Entity>) -> ClinicError {
    with(name, .int(Int(id.rawValue)))
  }

  package static func notFound(_ resource: String, _ id: String) -> ClinicError {
    ClinicError(.notFound).with("resource", resource).with("id", id)
  }

  package static func notFound<E>(_ resource: String, _ id: ID<E>) -> ClinicError {
    ClinicError(.notFound).with("resource", resource).with("id", id)
  }

  package var rpcError: RPCError {
    RPCError(reason.code, reason: reason.rawValue, message: reason.message, details)
  }
}
