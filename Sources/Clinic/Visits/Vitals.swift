import JSONRPC
import Postgres

/// The vital signs of a visit, each with its unit (rule 28).
package struct Vitals: Codable, Sendable, Equatable {
  package let bloodPressure: BloodPressure?
  package let temperature: Measure?
  package let pulse: Measure?
  package let weight: Measure?
  package let height: Measure?
  package let spo2: Measure?
  package let respiratoryRate: Measure?

  /// A value as it was given, and in the standard unit.
  package struct Measure: Codable, Sendable, Equatable {
    package let value: Hundredths
    package let unit: String
    /// The value in °C, bpm, kg, cm, % or breaths a minute.
    package let standardValue: Hundredths
  }

  package struct BloodPressure: Codable, Sendable, Equatable {
    package let systolic: Hundredths
    package let diastolic: Hundredths
    package let unit: String
  }
}

extension Vitals {
  /// Reads what the database holds, which was checked when it came in.
  init?(stored: JSONB) {
    guard let document = try? JSONDocument(parsing: stored.bytes),
      let vitals = try? JSONValueDecoder(unknownMembers: .ignore)
        .decode(Vitals.self, from: document.root)
    else { return nil }
    self = vitals
  }

  /// Values that are possible and yet extreme: perhaps a slip.
  var warnings: [VitalWarning] {
    [
      Systolic.warning("blood_pressure.systolic", bloodPressure?.systolic),
      Diastolic.warning("blood_pressure.diastolic", bloodPressure?.diastolic),
      Temperature.warning("temperature", temperature?.standardValue),
      Pulse.warning("pulse", pulse?.standardValue),
      Weight.warning("weight", weight?.standardValue),
      Height.warning("height", height?.standardValue),
      OxygenSaturation.warning("spo2", spo2?.standardValue),
      RespiratoryRate.warning("respiratory_rate", respiratoryRate?.standardValue),
    ].compactMap(\.self)
  }
}

/// A vital sign that is extreme. It is kept all the same.
package struct VitalWarning: Codable, Sendable, Equatable {
  /// The path of the value, such as `vitals.weight`.
  package let field: String
  package let message: String
}

extension VitalKind {
  fileprivate static func warning(_ name: String, _ value: Hundredths?) -> VitalWarning? {
    guard let value, !usual.contains(value) else { return nil }
    let bounds = "\(usual.lowerBound) to \(usual.upperBound) \(unit.symbol)"
    return VitalWarning(field: "vitals.\(name)", message: "extreme: \(bounds) is usual")
  }
}
