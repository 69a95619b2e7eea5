/// What the encoders and containers of one encoding share: the writer, and which arrays and objects
/// are open in it.
///
/// The writer is taken out while something is written and put back: so the compiler sees that no
/// two accesses overlap and need not check it while the program runs, which would cost more than
/// the writing.
final class EncodingOutput {
  private var writer = JSONWriter.empty
  private var lastWasLeftOut = false
  /// How many arrays and objects are open.
  private(set) var depth = 0
  /// Which of the outer 64 open containers are objects, one bit each; then those nested deeper.
  private var outerAreObjects: UInt64 = 0
  private var innerAreObjects: [Bool] = []

  func exchange(_ other: inout JSONWriter) {
    swap(&writer, &other)
  }

  @inline(__always)
  private func write(_ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter.empty
    swap(&writer, &self.writer)
    body(&writer)
    swap(&writer, &self.writer)
  }

  func begin(isObject: Bool) {
    write { isObject ? $0.beginObject() : $0.beginArray() }
    if depth < 64 {
      let bit: UInt64 = 1 << UInt64(depth)
      outerAreObjects = isObject ? outerAreObjects | bit : outerAreObjects & ~bit
    } else {
      innerAreObjects.append(isObject)
    }
    depth += 1
  }

  /// Closes what was opened inside of a container and is done with: containers do not say when they
  /// end.
  func close(to outer: Int) {
    while depth > outer {
      depth -= 1
      let isObject =
        depth < 64
        ? outerAreObjects & 1 << UInt64(depth) != 0 : innerAreObjects.popLast() ?? false
      write { isObject ? $0.endObject() : $0.endArray() }
    }
  }

  func string(_ value: String) { write { $0.string(value) } }
  func bool(_ value: Bool) { write { $0.bool(value) } }
  func int(_ value: Int) { write { $0.int(value) } }
  func integer(_ value: some FixedWidthInteger) { write { $0.int(value) } }
  func null() { write { $0.null() } }
  func raw(_ json: [UInt8]) { write { $0.raw(json) } }
  func value(_ value: JSONValue) { write { $0.value(value) } }

  func writeMembers(of value: some JSONWritable) { write { value.writeMembers(into: &$0) } }

  func double(_ value: Double) throws {
    guard value.isFinite else {
      throw EncodingError.invalidValue(
        value, EncodingError.Context(codingPath: [], debugDescription: "not a finite number"))
    }
    write { $0.double(value) }
  }

  /// Writes a member's name in the object at `depth`.
  func key(_ key: WireKey, at depth: Int) {
    if self.depth > depth { close(to: depth) }
    write { $0.key(key) }
  }

  func member(_ key: WireKey, at depth: Int, _ value: String) {
    if self.depth > depth { close(to: depth) }
    write {
      $0.key(key)
      $0.string(value)
    }
  }

  func member(_ key: WireKey, at depth: Int, _ value: Int) {
    if self.depth > depth { close(to: depth) }
    write {
      $0.key(key)
      $0.int(value)
    }
  }

  func member(_ key: WireKey, at depth: Int, _ value: Bool) {
    if self.depth > depth { close(to: depth) }
    write {
      $0.key(key)
      $0.bool(value)
    }
  }

  func nullMember(_ key: WireKey, at depth: Int) {
    if self.depth > depth { close(to: depth) }
    write {
      $0.key(key)
      $0.null()
    }
  }

  /// A member of any type, which may turn out to be left out.
  func member(_ key: WireKey, at depth: Int, encoding value: some Encodable) throws {
    if self.depth > depth { close(to: depth) }
    let mark = writer.mark
    write { $0.key(key) }
    try encode(value)
    if lastWasLeftOut {
      lastWasLeftOut = false
      write { $0.rewind(to: mark) }
    }
  }

  func encode(_ value: some Encodable) throws {
    let depth = depth
    let length = writer.mark
    try value.encode(to: ValueEncoder(output: self, depth: depth))
    if writer.mark.count > length.count {
      lastWasLeftOut = false
    } else if lastWasLeftOut {
      null()
    } else {
      // A struct without properties asks for no container.
      begin(isObject: true)
    }
    close(to: depth)
  }

  /// Leaves the value being encoded out of its object, instead of writing it.
  func leaveOut() {
    lastWasLeftOut = true
  }
}

/// A coding key, and how it is written.
struct WireKey {
  let name: String
  /// Whether the name is written as it is, not in snake_case.
  let isText: Bool

  init<Key: CodingKey>(_ key: Key) {
    name = key.stringValue
    isText = keysAreText(Key.self)
  }
}

/// Whether keys of this type may hold any text, like those of a dictionary, rather than being cases
/// of an enum.
func keysAreText<Key: CodingKey>(_ type: Key.Type) -> Bool {
  MemoryLayout<Key>.size > 2
}

extension JSONWriter {
  fileprivate mutating func key(_ key: WireKey) {
    if key.isText { self.key(key.name) } else { self.key(camelCase: key.name) }
  }
}
