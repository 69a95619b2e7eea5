/// The members of one object while a type's properties are decoded from it, and which of them were
/// asked for.
///
/// Decoders and containers hold it; it holds none of them.
final class MemberReading {
  let value: JSONValue
  let refusesUnknown: Bool
  let names: MethodParams?
  /// A member was missing in this object itself, not in one inside it.
  var misses = false
  /// Where the members start and end on the tape; for params by position, of the elements.
  private let first: Int
  private let end: Int
  private let count: Int
  /// The names that positions stand for.
  private let positions: [MethodParams.Field]?
  // Properties are mostly asked for in the order of the members: where the next is expected, and
  // its number.
  private var cursor: Int
  private var cursorNumber = 0
  private var read = MemberSet()

  init(
    _ value: JSONValue, refusesUnknown: Bool, names: MethodParams?
  ) throws(ParamsError) {
    self.value = value
    self.refusesUnknown = refusesUnknown
    self.names = names
    switch (value.node.kind, names) {
    case (.object, _): positions = nil
    case (.array, let names?): positions = names.positional
    default: throw .wrongType("an object", value)
    }
    let extent = value.storage.tape[value.index + 1]
    first = value.index + 2
    cursor = first
    end = extent.next
    count = extent.count
    if let positions, count > positions.count {
      throw ParamsError(
        reason: .tooManyParams, message: "too many params",
        details: ["limit": .int(positions.count), "actual": .int(count)])
    }
  }

  var storage: JSONStorage { value.storage }

  /// The tape index of the member's value; nil when there is none.
  func find(_ key: String, isText: Bool) -> Int? {
    let utf8 = key.utf8
    let name = utf8.span
    if positions != nil { return findPosition(name) }
    let start = cursor
    if let index = findMember(name, isText, to: end) { return index }
    guard start != first else { return nil }
    cursor = first
    cursorNumber = 0
    return findMember(name, isText, to: start)
  }

  /// Looks from the cursor on, and leaves it behind the member that was found.
  private func findMember(_ name: Span<UInt8>, _ isText: Bool, to limit: Int) -> Int? {
    var index = cursor
    var number = cursorNumber
    let storage = storage
    while index < limit {
      let next = storage.index(after: index + 1)
      if storage.member(at: index, isNamed: name, isText) {
        read.insert(number)
        cursor = next
        cursorNumber = number + 1
        return index + 1
      }
      index = next
      number += 1
    }
    return nil
  }

  private func findPosition(_ name: Span<UInt8>) -> Int? {
    guard let positions else { return nil }
    var index = first
    for (number, field) in positions.enumerated() where index < end {
      let utf8 = field.name.utf8
      if SnakeCase.matches(name, utf8.span, 0..<utf8.count) {
        read.insert(number)
        return index
      }
      index = storage.index(after: index)
    }
    return nil
  }

  /// The names of all members, as they are written.
  var memberNames: [String] {
    var names: [String] = []
    for member in members { names.append(storage.string(at: member)) }
    return names
  }

  /// The tape indices of the members' names.
  private var members: some Sequence<Int> {
    sequence(state: positions == nil ? first : end) { [storage, end] index -> Int? in
      guard index < end else { return nil }
      defer { index = storage.index(after: index + 1) }
      return index
    }
  }

  /// An error for the first member that nothing asked for; nil when everything was read.
  func unread(knownNames: () -> [String]) -> ParamsError? {
    guard positions == nil, read.count < count else { return nil }
    for name in names?.besideType ?? [] { _ = find(name, isText: true) }
    for (number, member) in members.enumerated() where !read.contains(number) {
      return refusal(member, knownNames: knownNames())
    }
    return nil
  }

  /// An error for the first member whose name is not known.
  func unknown(knownNames: [String]) -> ParamsError? {
    for member in members where !knownNames.contains(storage.string(at: member)) {
      return refusal(member, knownNames: knownNames)
    }
    return nil
  }

  private func refusal(_ member: Int, knownNames: [String]) -> ParamsError {
    let name = storage.string(at: member)
    let field = String(name.prefix(100))
    if members.contains(where: { $0 != member && storage.strings(at: $0, member) }) {
      return ParamsError(reason: .duplicateMember, field: field, message: "is there twice")
    }
    var error = ParamsError(reason: .unknownParam, field: field, message: "unknown")
    if let nearest = NearestName.nearest(to: name, among: knownNames) {
      error.details.append("did_you_mean", .string(nearest))
    }
    return error
  }
}

extension JSONStorage {
  /// Whether the string node at `index` is the wire's name of the property, or for a text key that
  /// very text.
  fileprivate func member(at index: Int, isNamed name: Span<UInt8>, _ isText: Bool) -> Bool {
    if isText { return string(at: index, equals: name) }
    if tape[index].kind == .escapedString {
      let utf8 = string(at: index).utf8
      return SnakeCase.matches(name, utf8.span, 0..<utf8.count)
    }
    let bytes = bytes
    let node = tape[index]
    return SnakeCase.matches(name, bytes.span, node.start + 1..<node.end - 1)
  }
}

/// A set of small numbers.
private struct MemberSet {
  private var low: UInt64 = 0
  private var high: Set<Int> = []
  private(set) var count = 0

  func contains(_ number: Int) -> Bool {
    number < 64 ? low & 1 << UInt64(number) != 0 : high.contains(number)
  }

  mutating func insert(_ number: Int) {
    guard !contains(number) else { return }
    count += 1
    if number < 64 { low |= 1 << UInt64(number) } else { high.insert(number) }
  }
}
