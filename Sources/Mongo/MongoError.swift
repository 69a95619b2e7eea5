/// Why a call to MongoDB gave no result.
///
/// Its description is safe in a log or a reply: no address, no user, no part of a document.
public struct MongoError: Error, Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// The server cannot be reached, or the connection was lost: what was sent may have been done.
    case unavailable
    /// No answer in time: what was sent may have been done.
    case timedOut
    /// The calling task was cancelled: what was sent may have been done.
    case cancelled
    /// The server does not accept the user or the password.
    case notAuthenticated
    /// The server refused the call, with this error number.
    case server(code: Int32)
    /// A unique index other than that of `_id` has this key already.
    case duplicateKey
    /// The document cannot be sent: too large, nested too deeply, or a NUL in a name.
    case invalidDocument
    /// The address cannot be used.
    case invalidConfiguration
  }

  public let kind: Kind

  public init(_ kind: Kind) { self.kind = kind }
}

extension MongoError: CustomStringConvertible {
  public var description: String {
    switch kind {
    case .unavailable: "mongodb: unavailable"
    case .timedOut: "mongodb: timed out"
    case .cancelled: "mongodb: cancelled"
    case .notAuthenticated: "mongodb: not authenticated"
    case .server(let code): "mongodb: server error \(code)"
    case .duplicateKey: "mongodb: duplicate key"
    case .invalidDocument: "mongodb: invalid document"
    case .invalidConfiguration: "mongodb: invalid configuration"
    }
  }
}
