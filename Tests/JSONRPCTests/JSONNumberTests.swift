import JSONRPC
import Testing

@Suite struct JSONNumberTests {
  static let integers: [(String, Int?)] = [
    ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("42", 42), ("1.0", 1), ("1.000", 1), ("1e2", 100),
    ("1E2", 100), ("1e+2", 100),
    ("100e-2", 1), ("1200e-2", 12), ("0.5e1", 5), ("12.50e1", 125), ("0e99999999999999999999", 0),
    ("0.0", 0), ("-0.0e5", 0),
    ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
    ("-9223372036854775809", nil),
    ("18446744073709551615", nil), ("18446744073709551616", nil), ("9.223372036854775807e18", .max),
    ("922337203685477580.7e1", .max), ("922337203685477580.8e1", nil), ("1.5", nil), ("1e-1", nil),
    ("0.1", nil), ("1e19", nil),
    ("1e999999999999999999999", nil), ("1e-999999999999999999999", nil),
    ("123456789012345678901234567890", nil),
    ("1000000000000000000000000e-20", 10_000), ("-5e0", -5), ("5e-0", 5),
    ("0.000000000000000000000001e24", 1),
    ("10000000000000000000000000000000000000000e-40", 1), ("-1.5e1", -15),
    ("2e0000000000000000001", 20),
  ]

  @Test(arguments: integers) func integer(_ text: String, _ value: Int?) throws {
    #expect(try JSONDocument(parsing: text).root.int == value)
    #expect(try JSONDocument(parsing: "[\(text)]").root[0]?.int == value)
  }

  @Test func everyWidthIsExact() throws {
    func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
      try JSONValueDecoder().decode(type, from: JSONDocument(parsing: text).root)
    }
    #expect(try decode(UInt64.self, "18446744073709551615") == .max)
    #expect(try decode(Int64.self, "-9223372036854775808") == .min)
    #expect(try decode(UInt8.self, "255") == 255)
    #expect(try decode(Int8.self, "-128") == -128)
    #expect(try decode(Int16.self, "3.2e4") == 32_000)
    #expect(try decode(UInt.self, "-0") == 0)
    #expect(throws: ParamsError(reason: .outOfRange, message: "is out of range")) {
      try decode(UInt8.self, "256")
    }
    #expect(throws: ParamsError(reason: .outOfRange, message: "is out of range")) {
      try decode(Int8.self, "-129")
    }
    #expect(throws: ParamsError(reason: .outOfRange, message: "is out of range")) {
      try decode(UInt32.self, "-1")
    }
    #expect(throws: ParamsError(reason: .outOfRange, message: "is out of range")) {
      try decode(Int.self, "1e30")
    }
    #expect(throws: ParamsError(reason: .wrongType, message: "must be an integer")) {
      try decode(Int.self, "1.5")
    }
  }

  @Test func doubles() throws {
    func decode(_ text: String) throws -> Double {
      try JSONValueDecoder().decode(Double.self, from: JSONDocument(parsing: text).root)
    }
    #expect(try decode("0.1") == 0.1)
    #expect(try decode("-1e-3") == -0.001)
    #expect(try decode("1e-400") == 0)
    #expect(try decode("5e-324") == .leastNonzeroMagnitude)
    #expect(try decode("1.7976931348623157e308") == .greatestFiniteMagnitude)
    #expect(try decode("12") == 12)
    #expect(throws: ParamsError.self) { try decode("1e400") }
    #expect(throws: ParamsError.self) { try decode("\"1\"") }
  }

  @Test func writtenNumbers() throws {
    #expect(written { $0.int(0) } == "0")
    #expect(written { $0.int(-1) } == "-1")
    #expect(written { $0.int(Int.min) } == "-9223372036854775808")
    #expect(written { $0.int(Int.max) } == "9223372036854775807")
    #expect(written { $0.int(UInt64.max) } == "18446744073709551615")
    #expect(written { $0.int(UInt8(7)) } == "7")
    #expect(written { $0.int(Int128.max) } == "\(Int128.max)")
    #expect(written { $0.double(1) } == "1")
    #expect(written { $0.double(0.1) } == "0.1")
    #expect(written { $0.double(-2.5e-8) } == "-2.5e-08")
    #expect(written { $0.double(1e300) } == "1e+300")
    #expect(written { $0.double(.nan) } == "null")
    for power in 0..<64 {
      let value = UInt64(1) << UInt64(power)
      #expect(written { $0.int(value) } == String(value))
      #expect(written { $0.int(value - 1) } == String(value - 1))
    }
  }

  @Test func writtenDoublesComeBack() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let value = Double(bitPattern: UInt64.random(in: .min ... .max, using: &generator))
      guard value.isFinite else { continue }
      let document = try JSONDocument(parsing: written { $0.double(value) })
      #expect(try JSONValueDecoder().decode(Double.self, from: document.root) == value)
    }
  }
}
