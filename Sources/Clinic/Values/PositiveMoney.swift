package import JSONRPC

/// An amount of money of a cent or more: what is paid, or refunded.
package struct PositiveMoney: Hashable, Sendable, Codable, JSONSchemaRepresentable {
  package let money: Money
  package static var jsonSchema: JSONSchema { Money.jsonSchema }

  package init(from decoder: any Decoder) throws {
    money = try Money(from: decoder)
    guard money > .zero else {
      throw InvalidValue(reason: .outOfRange, message: "0.01 to \(Money.limit)")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    try money.encode(to: encoder)
  }
}
