import JSONRPC
import Postgres

/// Vital signs as params: what is left out stays, null clears.
package struct VitalsPatch: Codable, Sendable {
  let bloodPressure: Patch<GivenBloodPressure>
  let temperature: Patch<Given<Temperature>>
  let pulse: Patch<Given<Pulse>>
  let weight: Patch<Given<Weight>>
  let height: Patch<Given<Height>>
  let spo2: Patch<Given<OxygenSaturation>>
  let respiratoryRate: Patch<Given<RespiratoryRate>>

  /// The values that are set, and null for those that are cleared.
  var stored: JSONB {
    get throws { JSONB(try JSONValueEncoder().encode(self)) }
  }
}

extension Patch<VitalsPatch> {
  /// The new value of the column; nil when nothing changes.
  var assigned: SQL? {
    get throws {
      switch self {
      case .unchanged: nil
      case .clear: "NULL"
      case .set(let vitals):
        """
        nullif(jsonb_strip_nulls(coalesce(vitals, '{}') || \(try vitals.stored)), '{}')
        """
      }
    }
  }
}

/// One vital sign as a caller gives it: a number in the standard unit, or `{value, unit?}`.
struct Given<Kind: VitalKind>: Codable, Sendable, JSONSchemaRepresentable {
  let value: Hundredths
  let unit: VitalUnit
  var standardValue: Hundredths { unit.toStandard(value) }

  static var jsonSchema: JSONSchema {
    let units = ([Kind.unit] + Kind.otherUnits).map(\.symbol)
    return .anyOf([
      .number, DecimalText.textSchema,
      .object(
        [
          JSONSchema.Property(name: "value", schema: DecimalText.jsonSchema),
          JSONSchema.Property(name: "unit", schema: .nullable(.string), isRequired: false),
          JSONSchema.Property(name: "standard_value", schema: .any, isRequired: false),
        ], isClosed: true),
    ]).described(
      "\(Kind.possible.lowerBound) to \(Kind.possible.upperBound) \(Kind.unit.symbol); "
        + "units: \(units.joined(separator: ", "))"
    ).example(Kind.usual.lowerBound.description)
  }

  init(from decoder: any Decoder) throws {
    let given = try decoder.singleValueContainer().decode(JSONValue.self)
    let number: JSONValue
    if given.kind == .object {
      unit = try VitalMembers.unit(of: Kind.self, in: given, beside: ["value", "standard_value"])
      guard let value = given["value"] else {
        throw InvalidValue(reason: .missing, message: "needs a value")
      }
      number = value
    } else {
      unit = Kind.unit
      number = given
    }
    value = try Kind.checked(number, unit)
  }

  func encode(to encoder: any Encoder) throws {
    try Vitals.Measure(value: value, unit: unit.symbol, standardValue: standardValue)
      .encode(to: encoder)
  }
}

/// A blood pressure as a caller gives it: `{systolic, diastolic, unit?}` or `120/80`.
struct GivenBloodPressure: Codable, Sendable, JSONSchemaRepresentable {
  let systolic: Hundredths
  let diastolic: Hundredths

  static var jsonSchema: JSONSchema {
    .anyOf([
      .string(pattern: #"^\s*[0-9]{1,5}\s*/\s*[0-9]{1,5}\s*$"#),
      .object(
        [
          JSONSchema.Property(name: "systolic", schema: DecimalText.jsonSchema),
          JSONSchema.Property(name: "diastolic", schema: DecimalText.jsonSchema),
          JSONSchema.Property(name: "unit", schema: .nullable(.string), isRequired: false),
        ], isClosed: true),
    ]).example("\"120/80\"")
  }

  init(from decoder: any Decoder) throws {
    let given = try decoder.singleValueContainer().decode(JSONValue.self)
    let parts: [JSONValue?]
    switch given.kind {
    case .string:
      parts = try VitalMembers.parts(of: given.string ?? "")
    case .object:
      _ = try VitalMembers.unit(of: Systolic.self, in: given, beside: ["systolic", "diastolic"])
      parts = [given["systolic"], given["diastolic"]]
    default:
      throw InvalidValue(
        reason: .wrongType, message: "{systolic, diastolic}, or \"120/80\"")
    }
    guard let upper = parts[0], let lower = parts[1] else {
      throw InvalidValue(reason: .missing, message: "needs systolic and diastolic")
    }
    systolic = try Systolic.checked(upper, Systolic.unit)
    diastolic = try Diastolic.checked(lower, Diastolic.unit)
    guard diastolic < systolic else {
      throw InvalidValue(reason: .outOfRange, message: "the diastolic value is the lower one")
    }
  }

  func encode(to encoder: any Encoder) throws {
    try Vitals.BloodPressure(
      systolic: systolic, diastolic: diastolic, unit: Systolic.unit.symbol
    ).encode(to: encoder)
  }
}

extension VitalKind {
  /// The value, if it is possible.
  fileprivate static func checked(_ number: JSONValue, _ unit: VitalUnit) throws -> Hundredths {
    guard number.kind == .number || number.kind == .string else {
      throw InvalidValue(reason: .wrongType, message: "a number, or {value, unit}")
    }
    let bounds = "\(possible.lowerBound) to \(possible.upperBound) \(self.unit.symbol)"
    guard let value = Hundredths(number) else {
      if let whole = number.int, whole != 0 {
        throw InvalidValue(reason: .outOfRange, message: bounds)
      }
      throw InvalidValue(reason: .malformed, message: "a number with few decimals")
    }
    guard value.rawValue.magnitude < 1_000_000, possible.contains(unit.toStandard(value)) else {
      throw InvalidValue(reason: .outOfRange, message: bounds)
    }
    let step: Int64 = decimals == 0 ? 100 : decimals == 1 ? 10 : 1
    guard value.rawValue % step == 0 else {
      let most = decimals == 0 ? "a whole number" : "at most \(decimals) decimals"
      throw InvalidValue(reason: .malformed, message: most)
    }
    return value
  }
}

/// Reads objects whose members have rules together.
private enum VitalMembers {
  static func unit<Kind: VitalKind>(
    of kind: Kind.Type, in object: JSONValue, beside others: [String]
  ) throws -> VitalUnit {
    var seen: Set<String> = []
    for member in object.members {
      guard member.name == "unit" || others.contains(member.name) else {
        throw InvalidValue(
          reason: .unknownParam, message: "takes \(others.joined(separator: ", ")), unit")
      }
      guard seen.insert(member.name).inserted else {
        throw InvalidValue(reason: .duplicateMember, message: "has a member twice")
      }
    }
    guard let unit = object["unit"], !unit.isNull else { return Kind.unit }
    guard let text = unit.string else {
      throw InvalidValue(reason: .wrongType, message: "a unit is a string")
    }
    guard let known = Kind.unit(named: text) else {
      let allowed = ([Kind.unit] + Kind.otherUnits).map(\.symbol)
      throw InvalidValue(
        reason: .notAllowedValue, message: "its unit is one of \(allowed.joined(separator: ", "))",
        details: ["allowed": .strings(allowed)])
    }
    return known
  }

  /// The two numbers of `120/80`.
  static func parts(of text: String) throws -> [JSONValue?] {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map {
      String($0).trimmed
    }
    guard parts.count == 2,
      parts.allSatisfy({ (1...5).contains($0.utf8.count) && Int(digits: $0.utf8) != nil })
    else { throw InvalidValue(reason: .malformed, message: "looks like \"120/80\"") }
    return try parts.map { part in
      let digits = String(part.drop { $0 == "0" })
      return try JSONDocument(parsing: Array((digits.isEmpty ? "0" : digits).utf8)).root
    }
  }
}
