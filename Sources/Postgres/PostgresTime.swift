/// A `date`: days since 2000-01-01.
public struct PostgresDate: Hashable, Sendable {
  public var days: Int32

  public init(days: Int32) {
    self.days = days
  }
}

/// A `timestamptz`: microseconds since 1970-01-01 00:00 UTC. A `timestamp` is read as if it were
/// UTC. The server's infinities are the greatest and the least value.
public struct PostgresTimestamp: Hashable, Sendable {
  public var microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The time from 1970, where Unix starts to count, to 2000, where the server does.
  private static let epochs: Int64 = 946_684_800_000_000
}

/// A `time`: microseconds since midnight.
public struct PostgresTime: Hashable, Sendable {
  public var microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }
}

extension PostgresDate: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .date }

  public func encode(into buffer: inout ParameterBuffer) {
    buffer.append(bigEndian: days)
  }

  public init(postgres value: PostgresValue) throws(PostgresError) {
    guard value.type == .date else { throw .decoding }
    self.init(days: try value.load())
  }
}

extension PostgresTimestamp: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .timestamptz }

  public func encode(into buffer: inout ParameterBuffer) {
    let (shifted, isBelow) = microseconds.subtractingReportingOverflow(Self.epochs)
    buffer.append(bigEndian: isBelow ? .min : microseconds == .max ? .max : shifted)
  }

  public init(postgres value: PostgresValue) throws(PostgresError) {
    guard value.type == .timestamptz || value.type == .timestamp else { throw .decoding }
    let stored: Int64 = try value.load()
    let (shifted, isAbove) = stored.addingReportingOverflow(Self.epochs)
    self.init(microseconds: isAbove ? .max : stored == .min ? .min : shifted)
  }
}

extension PostgresTime: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .time }

  public func encode(into buffer: inout ParameterBuffer) {
    buffer.append(bigEndian: microseconds)
  }

  public init(postgres value: PostgresValue) throws(PostgresError) {
    guard value.type == .time else { throw .decoding }
    self.init(microseconds: try value.load())
  }
}
