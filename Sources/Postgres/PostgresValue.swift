/// One value of a result, in the server's binary form.
@safe public struct PostgresValue {
  public let type: PostgresType
  /// Keeps the bytes alive.
  private let owner: ResultHandle
  /// nil: NULL
  private let base: UnsafePointer<UInt8>?
  let count: Int

  init(owner: ResultHandle, type: PostgresType, base: UnsafePointer<UInt8>?, count: Int) {
    self.owner = owner
    self.type = type
    unsafe self.base = unsafe base
    self.count = count
  }

  public var isNull: Bool { unsafe base == nil }

  /// A copy of the bytes; none for NULL.
  public var bytes: [UInt8] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }

  /// The bytes from `offset` on as text.
  func text(from offset: Int = 0) -> String {
    guard let base = unsafe base, offset <= count else { return "" }
    return unsafe String(
      decoding: UnsafeBufferPointer(start: base + offset, count: count - offset), as: UTF8.self)
  }

  /// The integer in network byte order that starts at `offset`.
  func load<Integer: FixedWidthInteger>(
    _: Integer.Type = Integer.self, at offset: Int = 0
  ) throws(PostgresError) -> Integer {
    let width = Integer.bitWidth / 8
    guard let base = unsafe base, offset >= 0, offset <= count - width else { throw .decoding }
    let raw = unsafe UnsafeRawPointer(base + offset)
    return Integer(bigEndian: unsafe raw.loadUnaligned(as: Integer.self))
  }

  /// An integer column of any width.
  func integer<Integer: FixedWidthInteger>() throws(PostgresError) -> Integer {
    let wide: Int64
    switch (type, count) {
    case (.int8, 8): wide = try load()
    case (.int4, 4): wide = Int64(try load(Int32.self))
    case (.int2, 2): wide = Int64(try load(Int16.self))
    case (.oid, 4): wide = Int64(try load(UInt32.self))
    default: throw .decoding
    }
    guard let value = Integer(exactly: wide) else { throw .decoding }
    return value
  }

  /// A part of this value: an element of an array.
  func part(type: PostgresType, at offset: Int, count: Int) throws(PostgresError) -> PostgresValue {
    guard let base = unsafe base, offset >= 0, count >= 0, offset <= self.count - count else {
      throw .decoding
    }
    return unsafe PostgresValue(owner: owner, type: type, base: base + offset, count: count)
  }

  func null(type: PostgresType) -> PostgresValue {
    unsafe PostgresValue(owner: owner, type: type, base: nil, count: 0)
  }
}
