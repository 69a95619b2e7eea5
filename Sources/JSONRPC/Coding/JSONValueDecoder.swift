/// Decodes from a ``JSONValue`` in place.
///
/// Properties are named in ``SnakeCase``; the keys of dictionaries are taken as they are. Integers
/// are read from integral JSON numbers only, exactly; strings that hold U+0000 are refused.
public struct JSONValueDecoder: Sendable {
  public enum UnknownMembers: Sendable {
    /// A member that no property asked for is an error.
    case refuse
    /// For clients, whose server may be newer.
    case ignore
  }

  public var unknownMembers: UnknownMembers

  public init(unknownMembers: UnknownMembers = .refuse) {
    self.unknownMembers = unknownMembers
  }

  public func decode<T: Decodable>(
    _ type: T.Type, from value: JSONValue
  ) throws(ParamsError) -> T {
    try ValueDecoder(value, refusesUnknown: unknownMembers == .refuse).decode(type)
  }
}

/// The decoder that one value is given.
final class ValueDecoder: Decoder {
  let value: JSONValue
  let refusesUnknown: Bool
  /// Which params a position stands for, when the value may be an array of them.
  let names: MethodParams?
  /// Set when the type asks for members.
  private(set) var reading: MemberReading?
  /// Whether the type has looked at the value at all.
  private var isTouched = false

  init(_ value: JSONValue, refusesUnknown: Bool, names: MethodParams? = nil) {
    self.value = value
    self.refusesUnknown = refusesUnknown
    self.names = names
  }

  /// For a superclass, whose members are members of the same object.
  init(sharing reading: MemberReading) {
    value = reading.value
    refusesUnknown = reading.refusesUnknown
    names = reading.names
    self.reading = reading
  }

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// Decodes the whole value and checks that nothing of it was left unread.
  func decode<T: Decodable>(_ type: T.Type) throws(ParamsError) -> T {
    let result: T
    do {
      result = try T(from: self)
    } catch {
      // A misspelt name both misses one member and adds another; the latter says more.
      if reading?.misses == true, refusesUnknown { try checkNames(of: type) }
      throw ParamsError(error, decoding: type)
    }
    if refusesUnknown { try checkAllRead(type) }
    if value.kind == .string { try checkLetters(of: type) }
    return result
  }

  /// To the standard library, texts that look the same are equal: it takes the sign for kelvin in
  /// an enum's raw value for a K.
  private func checkLetters<T: Decodable>(of type: T.Type) throws(ParamsError) {
    guard let text = value.string, !text.utf8.allSatisfy({ $0 < 0x80 }),
      let allowed = EnumValues.strings(of: type),
      !allowed.contains(where: { $0.utf8.elementsEqual(text.utf8) })
    else { return }
    throw ParamsError(notAllowedBeside: allowed)
  }

  func takeWhole() -> JSONValue {
    isTouched = true
    return value
  }

  func members() throws(ParamsError) -> MemberReading {
    if let reading { return reading }
    isTouched = true
    let new = try readMembers()
    reading = new
    return new
  }

  private func readMembers() throws(ParamsError) -> MemberReading {
    try MemberReading(value, refusesUnknown: refusesUnknown, names: names)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(KeyedInput<Key>(try members()))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    isTouched = true
    guard value.node.kind == .array else { throw ParamsError.wrongType("an array", value) }
    return UnkeyedInput(value, refusesUnknown: refusesUnknown)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    isTouched = true
    return SingleInput(value: value, refusesUnknown: refusesUnknown)
  }

  private func checkAllRead<T: Decodable>(_ type: T.Type) throws(ParamsError) {
    if reading == nil {
      guard !isTouched else { return }
      // A struct without properties asks for nothing.
      reading = try readMembers()
    }
    if let error = reading?.unread(knownNames: { knownNames(of: type) }) { throw error }
  }

  private func checkNames<T: Decodable>(of type: T.Type) throws(ParamsError) {
    let known = knownNames(of: type)
    if !known.isEmpty, let error = reading?.unknown(knownNames: known) { throw error }
  }

  private func knownNames<T: Decodable>(of type: T.Type) -> [String] {
    if let names { return names.fields.map(\.name) }
    return (try? SchemaRecorder.schema(of: type))?.propertyNames ?? []
  }
}
