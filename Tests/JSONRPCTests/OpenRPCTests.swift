import JSONRPC
import Testing

@Suite struct OpenRPCTests {
  struct OutOfOrder: Decodable {
    var note: String?
    var patientID: Int
  }

  func document() throws -> OpenRPCDocument {
    OpenRPCDocument(
      title: "A clinic", version: "1.2.3",
      methods: [
        MethodDescription(
          name: "patients.create", summary: "Creates a patient.", description: "More.",
          params: try MethodParams(CreatePatient.self),
          result: try SchemaRecorder.schema(of: CreatePatient.self),
          roles: ["RECEPTION", "DOCTOR"],
          errors: [
            .init(code: .conflict, reason: "duplicate"),
            .init(code: .notNow, reason: "outcome_unknown", message: "Ask again"),
          ], extensions: [.init("x-mutates", "true")]),
        MethodDescription(
          name: "notes.add", summary: "Adds a note.", params: try MethodParams(OutOfOrder.self),
          result: .object([])),
        MethodDescription(name: "rpc.cancel", summary: "Cancels a call.", result: nil),
      ],
      notifications: [
        NotificationDescription(
          name: "queue.changed", summary: "The queue changed.", params: .object([]))
      ])
  }

  @Test func isOpenRPC() throws {
    let root = try JSONDocument(parsing: document().json()).root
    #expect(root["openrpc"]?.string == "1.3.2")
    #expect(root["info"]?["title"]?.string == "A clinic")
    #expect(root["info"]?["version"]?.string == "1.2.3")
    let methods = try #require(root["methods"])
    #expect(methods.count == 3)
    for method in methods.elements {
      #expect(method["name"]?.kind == .string)
      #expect(method["summary"]?.kind == .string)
      let params = try #require(method["params"])
      #expect(params.kind == .array)
      let names = params.elements.compactMap { $0["name"]?.string }
      #expect(Set(names).count == params.count)
      // Required ones come first.
      let required = params.elements.compactMap { $0["required"]?.bool }
      #expect(required.count == params.count)
      #expect(required == required.filter { $0 } + required.filter { !$0 })
      #expect(params.elements.allSatisfy { $0["schema"]?.kind == .object })
      if let result = method["result"] {
        #expect(result["name"]?.string == "result")
        #expect(result["schema"]?["type"]?.string == "object")
      }
      let errors = method["errors"].map({ Array($0.elements) }) ?? []
      #expect(Set(errors.compactMap { $0["code"]?.int }).count == errors.count, "one a code")
      for error in errors {
        #expect(error["code"]?.int != nil)
        #expect(error["message"]?.string?.isEmpty == false)
        #expect(error["data"]?["reasons"]?.elements.allSatisfy { $0.kind == .string } == true)
      }
    }
    #expect(methods[0]?["paramStructure"]?.string == "either")
    #expect(methods[0]?["x-roles"]?.description == #"["RECEPTION","DOCTOR"]"#)
    #expect(methods[0]?["x-mutates"]?.bool == true)
    #expect(methods[0]?["params"]?[7]?["x-by-name-only"]?.bool == true)
    #expect(methods[1]?["paramStructure"]?.string == "by-name")
    #expect(methods[1]?["params"]?[0]?["name"]?.string == "patient_id")
    #expect(methods[2]?["result"] == nil)
    #expect(root["x-notifications"]?[0]?["name"]?.string == "queue.changed")
  }

  @Test func isAlwaysTheSame() throws {
    #expect(try document().json() == document().json())
  }
}
