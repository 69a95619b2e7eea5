import JSONRPC
import Postgres
import Testing

/// Params that do not fit, made from what `rpc.discover` says of every method.
@Suite struct WireParamsTests {
  @Test("every param of every method: whatever does not fit is refused with its name")
  func everyParam() async throws {
    try await TestClinic.run(1) { clinic in
      let patient = try await clinic.patient()
      let admin = try await clinic.admin()
      try await admin.call("queue.walk_in", ["patient_id": .int(patient)])
      let methods = try await admin.call("rpc.discover").list("methods").map(DescribedMethod.init)
      #expect(methods.count > 30)
      let before = try await clinic.contents()
      for method in methods {
        for misfit in method.misfits {
          let what: Comment = "\(method.name), \(misfit.what)"
          guard case .refused(let error) = try await admin.outcome(method.name, misfit.params)
          else {
            Issue.record("not refused: \(method.name), \(misfit.what)")
            continue
          }
          #expect(error.code == -32602, what)
          if let field = misfit.field { #expect(error.data["field"] == .string(field), what) }
          #expect(misfit.reasons.isEmpty || misfit.reasons.contains(error.reason), what)
          #expect(error.description.utf8.count < 500, "the value does not come back")
        }
      }
      #expect(try await clinic.contents() == before)
    }
  }
}

/// A method as `rpc.discover` describes it.
struct DescribedMethod {
  let name: String
  let params: [JSONValue]

  init(_ value: JSONValue) throws {
    name = try value.text("name")
    params = try value.list("params")
  }

  /// Params of which one does not fit, and nothing else.
  struct Misfit {
    let what: String
    let params: JSON
    let field: String?
    var reasons: [String] = []
  }

  var misfits: [Misfit] {
    let required = params.filter { $0["required"]?.bool == true }.map(name)
    var misfits: [Misfit] = [
      Misfit(
        what: "unknown param", params: base().with("no_such_param", 1), field: "no_such_param",
        reasons: ["unknown_param"]),
      Misfit(
        what: "unknown param '", params: base().with("a' OR 1=1; --", 1), field: "a' OR 1=1; --",
        reasons: ["unknown_param"]),
    ]
    for (position, param) in params.enumerated() {
      let name = name(param)
      let schema = JSONSchemaText(param["schema"])
      if required.contains(name) {
        misfits.append(
          Misfit(
            what: "without \(name)", params: base(without: name), field: name, reasons: ["missing"])
        )
        misfits.append(
          Misfit(what: "\(name) null", params: base(without: name).with(name, nil), field: name))
      }
      let isByNameOnly = param["x-by-name-only"]?.bool == true
      for wrong in schema.wrong where wrong.what != "blank" || !Self.takeBlanks.contains(name) {
        misfits.append(
          Misfit(
            what: "\(name) = \(wrong.what)", params: base(without: name).with(name, wrong.value),
            field: name + wrong.path, reasons: wrong.reasons))
        guard !isByNameOnly else { continue }
        let before = params[..<position].map { JSONSchemaText($0["schema"]).fitting ?? .null }
        misfits.append(
          Misfit(
            what: "[\(position)] = \(wrong.what)", params: .array(before + [wrong.value]),
            field: name + wrong.path, reasons: wrong.reasons))
      }
    }
    let positional = params.filter { $0["x-by-name-only"]?.bool != true }
    misfits.append(
      Misfit(
        what: "one param too many",
        params: .array(positional.map { JSONSchemaText($0["schema"]).fitting ?? .null } + [1]),
        field: nil, reasons: ["too_many_params"]))
    return misfits
  }

  /// Texts that are taken as they are, a blank one too.
  private static let takeBlanks: Set = [
    "idempotency_key", "password", "current_password", "access_token", "refresh_token", "secret",
    "visitor",
  ]

  private func name(_ param: JSONValue) -> String { param["name"]?.string ?? "" }

  /// The required params, with values that fit.
  private func base(without left: String = "") -> JSON {
    .object(
      params.compactMap { param in
        guard param["required"]?.bool == true, name(param) != left,
          let value = JSONSchemaText(param["schema"]).fitting
        else { return nil }
        return (name(param), value)
      })
  }
}

/// A schema on the wire: what fits it, and what does not.
struct JSONSchemaText {
  private let schema: JSONValue?
  private let types: [String]
  /// Types that other alternatives take.
  private let otherTypes: [String]
  private let example: JSONValue?

  init(_ value: JSONValue?) {
    // A nullable one is the first of two alternatives.
    let whole = Self.alternatives(of: value).count == 1 ? Self.alternatives(of: value)[0] : value
    let alternatives = Self.alternatives(of: whole)
    schema = alternatives.first ?? whole
    types = Self.types(of: schema)
    otherTypes = alternatives.dropFirst().flatMap(Self.types(of:))
    example = [schema, whole, value].lazy.compactMap { $0?["examples"]?[0] }.first
  }

  private static func alternatives(of value: JSONValue?) -> [JSONValue] {
    value?["anyOf"]?.elements.filter { $0["type"]?.string != "null" } ?? []
  }

  private static func types(of schema: JSONValue?) -> [String] {
    [schema?["type"]?.string].compactMap { $0 }
      + (schema?["type"]?.elements.compactMap(\.string) ?? [])
  }

  private var type: String { types.first { $0 != "null" } ?? "any" }
  private var choices: [String]? { schema?["enum"]?.elements.compactMap(\.string) }

  /// A value that fits; `nil` where none is needed.
  var fitting: JSON? {
    switch type {
    case "integer": .int(max(1, schema?["minimum"]?.int ?? 1))
    case "boolean": true
    case "array":
      .array(
        (schema?["minItems"]?.int ?? 0) > 0
          ? [JSONSchemaText(schema?["items"]).fitting ?? .null] : [])
    case "object":
      .object(
        (schema?["properties"].map { Array($0.members) } ?? []).map {
          ($0.name, JSONSchemaText($0.value).fitting ?? .null)
        })
    case "string":
      if let choice = choices?.first {
        .string(choice)
      } else if schema?["format"]?.string == "date" {
        "2026-01-31"
      } else if schema?["format"]?.string == "date-time" {
        "2026-01-31T10:00:00Z"
      } else {
        .string(example?.string ?? "text")
      }
    default: nil
    }
  }

  struct Wrong {
    let what: String
    let value: JSON
    /// Where in the value, as the error's `field` says it.
    var path = ""
    var reasons: [String] = []
  }

  var wrong: [Wrong] { wrongTypes + wrongValues }

  private var wrongTypes: [Wrong] {
    let all: [(String, JSON)] = [
      ("integer", 7), ("boolean", true), ("string", "text"), ("array", [1]), ("object", ["a": 1]),
      ("number", .raw("1.5")),
    ]
    let known = [type] + otherTypes
    let taken = Set(known + (known.contains("number") ? ["integer"] : []))
    return all.filter { !taken.contains($0.0) }.map {
      Wrong(
        what: $0.0, value: $0.1,
        reasons: type == "object" && $0.0 != "array"
          ? [] : ["wrong_type", "out_of_range", "invalid"])
    }
  }

  private var wrongValues: [Wrong] {
    switch type {
    case "integer": wrongIntegers
    case "string": wrongStrings
    case "array": wrongArrays
    case "object": wrongObjects
    default: []
    }
  }

  private var wrongIntegers: [Wrong] {
    var wrong = [
      Wrong(what: "a huge number", value: .raw("99999999999999999999")),
      Wrong(what: "1e400", value: .raw("1e400")), Wrong(what: "a numeral", value: "1"),
    ]
    if let minimum = schema?["minimum"]?.int {
      wrong += [minimum - 1, -1, .min].filter { $0 < minimum }.map {
        Wrong(what: "\($0)", value: .int($0), reasons: ["out_of_range"])
      }
    }
    if let maximum = schema?["maximum"]?.int {
      wrong += [maximum + 1, .max].map {
        Wrong(what: "\($0)", value: .int($0), reasons: ["out_of_range"])
      }
    }
    return wrong
  }

  private var wrongStrings: [Wrong] {
    var wrong = [
      Wrong(what: "U+0000", value: .raw(#""a\u0000b""#)),
      Wrong(what: "100,000 characters", value: .string(String(repeating: "9", count: 100_000))),
    ]
    if choices != nil {
      wrong += ["", "NOPE", (choices?.first ?? "") + " "].map {
        Wrong(what: "'\($0)'", value: .string($0), reasons: ["not_allowed_value"])
      }
    }
    if let longest = schema?["maxLength"]?.int {
      let ones = String(repeating: "1", count: longest + 1)
      wrong.append(Wrong(what: "\(longest + 1) characters", value: .string(ones)))
    }
    if let shortest = schema?["minLength"]?.int, shortest > 0 {
      wrong.append(Wrong(what: "empty", value: ""))
      wrong.append(Wrong(what: "blank", value: "  \t "))
    }
    if schema?["format"] != nil || schema?["pattern"] != nil {
      wrong += ["", "2026-13-01T00:00:00Z", "' OR 1=1 --", "آ"].map {
        Wrong(what: "'\($0)'", value: .string($0))
      }
    }
    if schema?["format"] != nil {
      wrong.append(Wrong(what: "the 30th of February", value: "2026-02-30"))
    }
    return wrong
  }

  private var wrongArrays: [Wrong] {
    let element = JSONSchemaText(schema?["items"])
    var wrong = element.wrong.map {
      Wrong(what: "[\($0.what)]", value: .array([$0.value]), path: "[0]" + $0.path)
    }
    wrong.append(Wrong(what: "[null]", value: [nil], path: "[0]"))
    if let most = schema?["maxItems"]?.int, let fitting = element.fitting {
      wrong.append(
        Wrong(what: "\(most + 1) items", value: .array(Array(repeating: fitting, count: most + 1))))
    }
    return wrong
  }

  private var wrongObjects: [Wrong] {
    guard case .object(let fitting)? = fitting else { return [] }
    let required = schema?["required"]?.elements.compactMap(\.string) ?? []
    var wrong = [
      Wrong(
        what: "a member more", value: .object(fitting + [("more", 1)]), path: ".more",
        reasons: ["unknown_param"])
    ]
    for (name, value) in schema?["properties"].map({ Array($0.members) }) ?? [] {
      let rest = fitting.filter { $0.name != name }
      if required.contains(name) {
        wrong.append(
          Wrong(
            what: "without \(name)", value: .object(rest), path: "." + name, reasons: ["missing"]))
      }
      wrong += JSONSchemaText(value).wrong.map {
        Wrong(
          what: "{\(name): \($0.what)}", value: .object(rest + [(name, $0.value)]),
          path: ".\(name)\($0.path)", reasons: $0.reasons)
      }
    }
    return wrong
  }
}
