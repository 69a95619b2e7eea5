import JSONRPC

/// A generator that gives the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// Why the text is not JSON; nil when it is.
func fault(_ bytes: [UInt8], limits: JSONLimits = .init()) -> JSONSyntaxError? {
  do {
    _ = try JSONDocument(parsing: bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

func fault(_ text: String, limits: JSONLimits = .init()) -> JSONSyntaxError? {
  fault(Array(text.utf8), limits: limits)
}

func written(_ body: (inout JSONWriter) -> Void) -> String {
  var writer = JSONWriter()
  body(&writer)
  return text(writer.finish())
}

/// The reply to a call that gives this result.
func response(_ id: RequestID, _ result: String) -> [UInt8] {
  var bytes: [UInt8] = []
  MessageWriter.appendResponse(id: id, result: Array(result.utf8), to: &bytes)
  return bytes
}

func json(_ error: RPCError) -> String { written { error.write(into: &$0) } }

/// The value as a tree that can be compared, whatever the white space and the escapes in the text.
indirect enum Tree: Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([Tree])
  case object([Member])

  struct Member: Equatable {
    var name: String
    var value: Tree
  }

  init(_ value: JSONValue) {
    switch value.kind {
    case .null: self = .null
    case .bool: self = .bool(value.bool ?? false)
    case .number: self = .number(value.numberText ?? "")
    case .string: self = .string(value.string ?? "")
    case .array: self = .array(value.elements.map { Tree($0) })
    case .object: self = .object(value.members.map { Member(name: $0.name, value: Tree($0.value)) })
    }
  }

  init(_ text: String) throws {
    self.init(try JSONDocument(parsing: text).root)
  }

  func write(into writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .number(let text): writer.raw(text)
    case .string(let text): writer.string(text)
    case .array(let elements):
      writer.beginArray()
      for element in elements { element.write(into: &writer) }
      writer.endArray()
    case .object(let members):
      writer.beginObject()
      for member in members {
        writer.key(member.name)
        member.value.write(into: &writer)
      }
      writer.endObject()
    }
  }
}
