/// The bytes of a JSON text and its tape, shared by all values of the document.
final class JSONStorage: Sendable {
  let bytes: [UInt8]
  let tape: [JSONNode]

  init(bytes: [UInt8], tape: [JSONNode]) {
    self.bytes = bytes
    self.tape = tape
  }

  /// The index of the node that follows the value at `index`.
  func index(after index: Int) -> Int {
    tape[index].isContainer ? tape[index + 1].next : index + 1
  }

  /// The text of a string node, unescaped.
  func string(at index: Int) -> String {
    let node = tape[index]
    let content = node.start + 1..<node.end - 1
    guard node.kind == .escapedString else {
      return String(decoding: bytes[content], as: UTF8.self)
    }
    return String(decoding: JSONEscapes.unescape(bytes, content), as: UTF8.self)
  }

  /// Whether the string node at `index` is exactly this text.
  func string(at index: Int, equals text: Span<UInt8>) -> Bool {
    let node = tape[index]
    if node.kind == .escapedString {
      let unescaped = JSONEscapes.unescape(bytes, node.start + 1..<node.end - 1)
      return unescaped.count == text.count && Self.equal(unescaped.span, 0, text)
    }
    guard node.length - 2 == text.count else { return false }
    let bytes = bytes
    return Self.equal(bytes.span, node.start + 1, text)
  }

  /// Whether two string nodes hold the same text.
  func strings(at first: Int, _ second: Int) -> Bool {
    if tape[first].kind == .string, tape[second].kind == .string {
      return bytes[tape[first].range] == bytes[tape[second].range]
    }
    let text = JSONEscapes.unescape(bytes, tape[second].start + 1..<tape[second].end - 1)
    return string(at: first, equals: text.span)
  }

  /// Whether the text stands at the offset. So many bytes have to be there.
  private static func equal(_ bytes: Span<UInt8>, _ offset: Int, _ text: Span<UInt8>) -> Bool {
    for i in 0..<text.count where bytes[offset + i] != text[i] {
      return false
    }
    return true
  }
}

extension Array {
  /// A copy of exactly its elements, without the spare room of a growing array.
  init(copying span: Span<Element>) {
    self.init(capacity: span.count) { output in
      for i in 0..<span.count {
        output.append(span[i])
      }
    }
  }
}
