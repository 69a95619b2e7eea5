import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// Rule 28: vitals carry units, impossible ones are refused, extreme ones warned about.
@Suite struct VitalsTests {
  private func given(_ json: String) throws -> Vitals {
    let patch = try decode(json)
    return try #require(Vitals(stored: try patch.stored))
  }

  private func decode(_ json: String) throws -> VitalsPatch {
    let document = try JSONDocument(parsing: Array(json.utf8))
    return try JSONValueDecoder().decode(VitalsPatch.self, from: document.root)
  }

  private func refusal(_ json: String) throws -> ParamsError {
    try #require(throws: ParamsError.self) { _ = try decode(json) }
  }

  @Test(
    "rule 28: a value has its unit, the standard one unless another is given",
    arguments: [
      (#"{"temperature": 37.2}"#, "37.2", "C", "37.2"),
      (#"{"temperature": "37.25"}"#, "37.25", "C", "37.25"),
      (#"{"temperature": {"value": "37.2", "unit": "C"}}"#, "37.2", "C", "37.2"),
      (#"{"temperature": {"value": 98.6, "unit": "F"}}"#, "98.6", "F", "37"),
      (#"{"temperature": {"value": 101, "unit": "°f"}}"#, "101", "F", "38.33"),
      (#"{"temperature": {"value": 37, "unit": null}}"#, "37", "C", "37"),
      (
        #"{"temperature": {"value": 98.6, "unit": "F", "standard_value": 37}}"#, "98.6", "F", "37"
      ),
    ])
  func units(json: String, value: String, unit: String, standard: String) throws {
    let measure = try #require(try given(json).temperature)
    #expect(measure.value.description == value)
    #expect(measure.unit == unit)
    #expect(measure.standardValue.description == standard)
  }

  @Test("rule 28: pounds and inches are kept as given, with kilograms and centimetres beside")
  func conversions() throws {
    let vitals = try given(
      #"{"weight": {"value": 154.32, "unit": "lb"}, "height": {"value": 70, "unit": "in"}}"#)
    #expect(vitals.weight?.standardValue.description == "70")
    #expect(vitals.height?.standardValue.description == "177.8")
    #expect(vitals.height?.unit == "in")
  }

  @Test(
    "a blood pressure, in both forms",
    arguments: [
      #"{"blood_pressure": "120/80"}"#, #"{"blood_pressure": {"systolic": 120, "diastolic": 80}}"#,
      #"{"blood_pressure": {"systolic": "120", "diastolic": 80, "unit": "mmHg"}}"#,
    ])
  func bloodPressure(json: String) throws {
    let pressure = try #require(try given(json).bloodPressure)
    #expect(pressure.systolic == 120 && pressure.diastolic == 80 && pressure.unit == "mmHg")
  }

  @Test(
    "rule 28: impossible values are refused, with their field",
    arguments: [
      (#"{"spo2": 101}"#, "spo2"), (#"{"spo2": 0}"#, "spo2"), (#"{"spo2": -5}"#, "spo2"),
      (#"{"temperature": 98.6}"#, "temperature"),
      (#"{"temperature": {"value": 37, "unit": "F"}}"#, "temperature"),
      (#"{"pulse": 351}"#, "pulse"), (#"{"pulse": 1e9}"#, "pulse"),
      (#"{"pulse": 1000000000000000}"#, "pulse"), (#"{"weight": 0.1}"#, "weight"),
      (#"{"weight": {"value": 2000, "unit": "lb"}}"#, "weight"), (#"{"height": 300}"#, "height"),
      (#"{"respiratory_rate": 0}"#, "respiratory_rate"),
      (#"{"blood_pressure": "80/120"}"#, "blood_pressure"),
      (#"{"blood_pressure": "80/80"}"#, "blood_pressure"),
      (#"{"blood_pressure": {"systolic": 400, "diastolic": 80}}"#, "blood_pressure"),
    ])
  func impossible(json: String, field: String) throws {
    let error = try refusal(json)
    #expect(error.reason == .outOfRange)
    #expect(error.field == field)
  }

  @Test(
    "what is no value is refused",
    arguments: [
      (#"{"pulse": true}"#, "wrong_type"), (#"{"pulse": []}"#, "wrong_type"),
      (#"{"pulse": {}}"#, "missing"), (#"{"pulse": {"value": {}}}"#, "wrong_type"),
      (#"{"pulse": ""}"#, "malformed"), (#"{"pulse": "fast"}"#, "malformed"),
      (#"{"pulse": 72.5}"#, "malformed"), (#"{"temperature": 37.123}"#, "malformed"),
      (#"{"temperature": 1e-400}"#, "malformed"), (#"{"spo2": 97.55}"#, "malformed"),
      (#"{"pulse": {"value": 72, "unit": "kg"}}"#, "not_allowed_value"),
      (#"{"pulse": {"value": 72, "unit": 5}}"#, "wrong_type"),
      (#"{"pulse": {"value": 72, "units": "bpm"}}"#, "unknown_param"),
      (#"{"pulse": {"value": 72, "value": 73}}"#, "duplicate_member"),
      (#"{"blood_pressure": 120}"#, "wrong_type"), (#"{"blood_pressure": "120"}"#, "malformed"),
      (#"{"blood_pressure": "120/80/60"}"#, "malformed"),
      (#"{"blood_pressure": "/"}"#, "malformed"), (#"{"blood_pressure": "-120/80"}"#, "malformed"),
      (#"{"blood_pressure": {"systolic": 120}}"#, "missing"), (#"{"mood": 1}"#, "unknown_param"),
    ])
  func noValue(json: String, reason: String) throws {
    #expect(try refusal(json).reason.rawValue == reason)
  }

  @Test("rule 28: extreme values are kept and warned about")
  func extreme() throws {
    let vitals = try given(
      #"{"weight": 300, "spo2": 82, "blood_pressure": "230/90", "pulse": 72, "temperature": 36.6}"#)
    #expect(vitals.weight?.value == 300)
    #expect(
      vitals.warnings.map(\.field)
        == ["vitals.blood_pressure.systolic", "vitals.weight", "vitals.spo2"])
    #expect(try given(#"{"weight": {"value": 661.39, "unit": "lb"}}"#).warnings.count == 1)
  }

  @Test("what is left out is not there, what is null is cleared")
  func patch() throws {
    let stored = try decode(#"{"pulse": 72, "weight": null}"#).stored
    #expect(
      String(decoding: stored.bytes, as: UTF8.self)
        == #"{"pulse":{"value":72,"unit":"bpm","standard_value":72},"weight":null}"#)
  }
}

@Suite struct DiagnosisCodeTests {
  @Test(
    "ICD-10 codes, in capitals",
    arguments: [
      ("J45.9", "J45.9"), ("j45", "J45"), (" e11.65 ", "E11.65"), ("S72.001A", "S72.001A"),
      ("C4A.0", "C4A.0"), ("u07.1", "U07.1"),
    ])
  func taken(text: String, kept: String) throws {
    #expect(try DiagnosisCode.checked(text) == kept)
  }

  @Test(
    "what is no ICD-10 code",
    arguments: [
      "", "J", "J4", "45.9", "J45.", "J45.12345", "JJ5.9", "J4.59", "J45-9", "J45.9 ;", "Ж45.9",
      "J４5.9", "asthma",
    ])
  func refused(text: String) {
    #expect(throws: InvalidValue.self) { try DiagnosisCode.checked(text) }
  }

  @Test("20 codes at most, each once")
  func list() throws {
    func decode(_ codes: [String]) throws -> [String] {
      let json = "[" + codes.map { "\"\($0)\"" }.joined(separator: ",") + "]"
      let document = try JSONDocument(parsing: Array(json.utf8))
      return try JSONValueDecoder().decode(DiagnosisCodes.self, from: document.root).texts
    }
    #expect(try decode(["J45.9", "j45.9", "E11"]) == ["J45.9", "E11"])
    #expect(try decode((10..<30).map { "A\($0)" }).count == 20)
    let error = #expect(throws: ParamsError.self) { _ = try decode((10..<31).map { "A\($0)" }) }
    #expect(error?.reason == .tooLong)
  }
}
