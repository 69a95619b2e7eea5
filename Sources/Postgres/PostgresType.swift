/// A type of the server's, by its object identifier.
public struct PostgresType: Hashable, Sendable {
  public let oid: UInt32

  public init(oid: UInt32) {
    self.oid = oid
  }

  /// The server finds the type out; such a parameter is sent as text.
  public static let unspecified = PostgresType(oid: 0)
  public static let bool = PostgresType(oid: 16)
  public static let bytea = PostgresType(oid: 17)
  public static let int8 = PostgresType(oid: 20)
  public static let int2 = PostgresType(oid: 21)
  public static let int4 = PostgresType(oid: 23)
  public static let text = PostgresType(oid: 25)
  public static let oid = PostgresType(oid: 26)
  public static let json = PostgresType(oid: 114)
  public static let float4 = PostgresType(oid: 700)
  public static let float8 = PostgresType(oid: 701)
  public static let date = PostgresType(oid: 1082)
  public static let time = PostgresType(oid: 1083)
  public static let timestamp = PostgresType(oid: 1114)
  public static let timestamptz = PostgresType(oid: 1184)
  public static let numeric = PostgresType(oid: 1700)
  public static let uuid = PostgresType(oid: 2950)
  public static let jsonb = PostgresType(oid: 3802)

  /// The type of arrays of this type; unspecified when it is not known.
  var array: PostgresType {
    switch self {
    case .bool: PostgresType(oid: 1000)
    case .bytea: PostgresType(oid: 1001)
    case .int2: PostgresType(oid: 1005)
    case .int4: PostgresType(oid: 1007)
    case .text: PostgresType(oid: 1009)
    case .int8: PostgresType(oid: 1016)
    case .float4: PostgresType(oid: 1021)
    case .float8: PostgresType(oid: 1022)
    case .timestamp: PostgresType(oid: 1115)
    case .date: PostgresType(oid: 1182)
    case .time: PostgresType(oid: 1183)
    case .timestamptz: PostgresType(oid: 1185)
    case .uuid: PostgresType(oid: 2951)
    case .jsonb: PostgresType(oid: 3807)
    default: .unspecified
    }
  }

  /// How a parameter of this type travels: 1 in binary form, 0 as text.
  var parameterFormat: Int32 {
    self == .unspecified || self == .numeric ? 0 : 1
  }

  /// Whether the binary form of a value is something else than its text.
  var isBinaryOnly: Bool {
    switch self {
    case .bool, .bytea, .int8, .int2, .int4, .oid, .float4, .float8, .date, .time, .timestamp,
      .timestamptz, .numeric, .uuid, .jsonb:
      true
    default: false
    }
  }
}
