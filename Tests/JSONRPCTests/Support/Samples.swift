import JSONRPC

// Types as the clinic has them.

enum Priority: String, Codable, CaseIterable, JSONSchemaRepresentable {
  case routine = "ROUTINE"
  case urgent = "URGENT"
}

/// Recognised without saying that it has a schema.
enum Level: String, Codable, CaseIterable {
  case low, high
}

struct ID<Owner>: Codable, Equatable, JSONSchemaRepresentable {
  var value: Int

  static var jsonSchema: JSONSchema { .integer(minimum: 1) }

  init(_ value: Int) {
    self.value = value
  }

  init(from decoder: any Decoder) throws {
    value = try decoder.singleValueContainer().decode(Int.self)
    guard value > 0 else {
      throw InvalidValue(reason: .outOfRange, message: "must be positive", details: ["limit": 1])
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}

struct LocalDate: Codable, Equatable, JSONSchemaRepresentable {
  var text: String

  static var jsonSchema: JSONSchema { .string(format: "date") }

  init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
    guard text.utf8.count == 10 else {
      throw InvalidValue(reason: .malformed, message: "must be a date")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// Read from the number's own text.
struct Money: Codable, Equatable, JSONSchemaRepresentable {
  var text: String

  static var jsonSchema: JSONSchema {
    .string(pattern: "^[0-9]+(\\.[0-9]{1,2})?$").example("\"12.50\"")
  }

  init(from decoder: any Decoder) throws {
    let value = try JSONValue(from: decoder)
    guard let text = value.string ?? value.numberText, text != "example" else {
      throw InvalidValue(reason: .wrongType, message: "must be an amount")
    }
    self.text = text
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

struct RowVersion: Codable, Equatable, ByNameOnly, JSONSchemaRepresentable {
  var value: Int

  static var jsonSchema: JSONSchema { .integer(minimum: 1) }

  init(from decoder: any Decoder) throws {
    value = try decoder.singleValueContainer().decode(Int.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}

struct Contact: Codable, Equatable {
  var name: String
  var phone: String?
}

struct Line: Codable, Equatable {
  var medicineID: ID<Line>
  var quantity: Int
}

struct CreatePatient: Codable, Equatable {
  var fullName: String
  var dateOfBirth: LocalDate?
  var emergencyContact: Contact?
  var chronicConditions: [String]?
  var items: [Line]?
  var priority: Priority?
  var isActive: Bool?
  var version: RowVersion?
}

struct Nothing: Codable, Equatable {}
