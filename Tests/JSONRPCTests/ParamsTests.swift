import JSONRPC
import Testing

@Suite struct ParamsTests {
  struct Call: Decodable, Equatable {
    var patientID: Int
    var version: RowVersion?
    var priority: Priority?
    var note: String?
  }

  func decode(_ text: String?) throws -> Call {
    let params = try text.map { try JSONDocument(parsing: $0).root }
    return try ParamsReader.decode(Call.self, from: params, names: MethodParams(Call.self))
  }

  func fault(_ text: String?) throws -> String? {
    do {
      _ = try decode(text)
      return nil
    } catch let error as ParamsError {
      return "\(error.reason.rawValue) \(error.field ?? "-")"
    }
  }

  @Test func escapedNames() throws {
    let call = try decode(#"{"p\u0061tient\u005fid":1,"not\u0065":"x"}"#)
    #expect(call.patientID == 1 && call.note == "x")
    #expect(try fault(#"{"patientI\u0044":1}"#) == "unknown_param patientID")
    #expect(
      try fault(#"{"patient_id":1,"patient\u005fid":2}"#) == "duplicate_member patient_id")
  }

  @Test func names() throws {
    let params = try MethodParams(Call.self)
    #expect(params.fields.map(\.name) == ["patient_id", "version", "priority", "note"])
    #expect(params.fields.map(\.isRequired) == [true, false, false, false])
    #expect(params.fields.map(\.isByNameOnly) == [false, true, false, false])
    #expect(params.positional.map(\.name) == ["patient_id", "priority", "note"])
    #expect(
      params.field(named: "priority")?.schema == .nullable(.enumeration(["ROUTINE", "URGENT"])))
    #expect(params.field(named: "x") == nil)
    #expect(try MethodParams(Nothing.self).fields.isEmpty)
    #expect(MethodParams.none.fields.isEmpty)
    #expect(throws: SchemaError.self) { try MethodParams(Int.self) }
    #expect(throws: SchemaError.self) { try MethodParams([Int].self) }
  }

  @Test func byName() throws {
    #expect(try decode(#"{"patient_id":1,"note":"x"}"#) == Call(patientID: 1, note: "x"))
    #expect(try decode(#"{"note":"x","version":2,"patient_id":1}"#).version?.value == 2)
    #expect(try fault("{}") == "missing patient_id")
    #expect(try fault(nil) == "missing patient_id")
    #expect(try fault(#"{"patientid":1}"#) == "unknown_param patientid")
    #expect(try fault(#"{"patient_id":1,"x":1}"#) == "unknown_param x")
    #expect(try fault(#"{"patient_id":1,"patient_id":1}"#) == "duplicate_member patient_id")
  }

  @Test func byPosition() throws {
    #expect(try decode("[1]") == Call(patientID: 1))
    #expect(try decode(#"[1,"URGENT","x"]"#) == Call(patientID: 1, priority: .urgent, note: "x"))
    #expect(try decode(#"[1,null,"x"]"#) == Call(patientID: 1, note: "x"))
    #expect(try fault("[]") == "missing patient_id")
    #expect(try fault("[null]") == "wrong_type patient_id")
    #expect(try fault(#"[1,"URGENT",5]"#) == "wrong_type note")
    #expect(try fault(#"[1,"URGENT","x",2]"#) == "too_many_params -")
    #expect(try fault(#"["x"]"#) == "wrong_type patient_id")
  }

  @Test func methodsWithoutParams() throws {
    func decode(_ text: String?) throws -> Nothing {
      try ParamsReader.decode(
        Nothing.self, from: text.map { try JSONDocument(parsing: $0).root }, names: .none)
    }
    #expect(try decode(nil) == Nothing())
    #expect(try decode("{}") == Nothing())
    #expect(try decode("[]") == Nothing())
    #expect(throws: ParamsError.self) { try decode("[1]") }
    #expect(throws: ParamsError.self) { try decode(#"{"a":1}"#) }
  }

  @Test func theErrorOnTheWire() throws {
    do {
      _ = try decode(#"{"patinet_id":1}"#)
      Issue.record("no error")
    } catch let error as ParamsError {
      #expect(
        json(error.rpcError)
          == #"{"code":-32602,"message":"Invalid params: patinet_id: unknown","data":{"reason":"unknown_param","field":"patinet_id","did_you_mean":"patient_id"}}"#
      )
    }
  }
}
