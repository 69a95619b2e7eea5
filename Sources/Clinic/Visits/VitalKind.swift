import JSONRPC

/// A vital sign that is measured: its unit on the wire, other accepted units, and its bounds (rule
/// 28).
protocol VitalKind: Sendable {
  static var unit: VitalUnit { get }
  static var otherUnits: [VitalUnit] { get }
  /// Values outside are refused: nobody has them. In the standard unit.
  static var possible: ClosedRange<Hundredths> { get }
  /// Values outside are warned about: they may be a slip of the pen.
  static var usual: ClosedRange<Hundredths> { get }
  /// How many decimals a value may have.
  static var decimals: Int { get }
}

extension VitalKind {
  static var otherUnits: [VitalUnit] { [] }

  /// The unit of this name; nil when this vital sign has no such unit.
  static func unit(named text: String) -> VitalUnit? {
    let name = text.lowercased()
    return ([unit] + otherUnits).first {
      $0.symbol.lowercased() == name || $0.aliases.contains(name)
    }
  }
}

/// A unit, and how its values convert to the standard unit.
struct VitalUnit: Sendable {
  let symbol: String
  /// Other names of the unit, in lower case.
  var aliases: [String] = []
  var toStandard: @Sendable (Hundredths) -> Hundredths = { $0 }
}

enum Temperature: VitalKind {
  static let unit = VitalUnit(symbol: "C", aliases: ["°c", "celsius"])
  static let otherUnits = [
    VitalUnit(symbol: "F", aliases: ["°f", "fahrenheit"]) { ($0 - 32).scaled(5, by: 9) }
  ]
  static let possible: ClosedRange<Hundredths> = 10...47
  static let usual: ClosedRange<Hundredths> = 35...41
  static let decimals = 2
}

enum Pulse: VitalKind {
  static let unit = VitalUnit(symbol: "bpm", aliases: ["/min", "beats/min"])
  static let possible: ClosedRange<Hundredths> = 10...350
  static let usual: ClosedRange<Hundredths> = 40...180
  static let decimals = 0
}

enum Weight: VitalKind {
  static let unit = VitalUnit(symbol: "kg")
  static let otherUnits = [
    VitalUnit(symbol: "lb", aliases: ["lbs"]) { $0.scaled(45_359_237, by: 100_000_000) }
  ]
  static let possible = Hundredths(rawValue: 20)...700
  static let usual: ClosedRange<Hundredths> = 2...250
  static let decimals = 2
}

enum Height: VitalKind {
  static let unit = VitalUnit(symbol: "cm")
  static let otherUnits = [
    VitalUnit(symbol: "in", aliases: ["inch", "inches"]) { $0.scaled(254, by: 100) }
  ]
  static let possible: ClosedRange<Hundredths> = 15...280
  static let usual: ClosedRange<Hundredths> = 40...220
  static let decimals = 2
}

enum OxygenSaturation: VitalKind {
  static let unit = VitalUnit(symbol: "%")
  static let possible: ClosedRange<Hundredths> = 1...100
  static let usual: ClosedRange<Hundredths> = 90...100
  static let decimals = 1
}

enum RespiratoryRate: VitalKind {
  static let unit = VitalUnit(symbol: "breaths/min", aliases: ["/min", "bpm"])
  static let possible: ClosedRange<Hundredths> = 1...120
  static let usual: ClosedRange<Hundredths> = 8...60
  static let decimals = 0
}

enum Systolic: VitalKind {
  static let unit = VitalUnit(symbol: "mmHg", aliases: ["mm hg"])
  static let possible: ClosedRange<Hundredths> = 20...350
  static let usual: ClosedRange<Hundredths> = 70...200
  static let decimals = 0
}

enum Diastolic: VitalKind {
  static let unit = Systolic.unit
  static let possible: ClosedRange<Hundredths> = 10...250
  static let usual: ClosedRange<Hundredths> = 40...120
  static let decimals = 0
}
