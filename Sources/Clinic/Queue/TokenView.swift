package import JSONRPC

/// A token as its caller may see it: all of it to staff, a `BoardToken` to kiosks.
package enum TokenView: Codable, Sendable, JSONSchemaRepresentable {
  case staff(QueueToken)
  case board(BoardToken)

  package init(_ token: QueueToken, for caller: Caller, in staff: StaffDirectory) {
    self = caller.role.isStaff ? .staff(token) : .board(BoardToken(token, in: staff))
  }

  package static var jsonSchema: JSONSchema {
    let schemas = [
      try? SchemaRecorder.schema(of: QueueToken.self),
      try? SchemaRecorder.schema(of: BoardToken.self),
    ]
    return .anyOf(schemas.compactMap { $0 })
  }

  package init(from decoder: any Decoder) throws {
    if let token = try? QueueToken(from: decoder) {
      self = .staff(token)
    } else {
      self = .board(try BoardToken(from: decoder))
    }
  }

  var jsonBytes: [UInt8] {
    switch self {
    case .staff(let token): token.jsonBytes
    case .board(let token): token.jsonBytes
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .staff(let token): try token.encode(to: encoder)
    case .board(let token): try token.encode(to: encoder)
    }
  }
}
