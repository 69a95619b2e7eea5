/// What to wait for at a descriptor.
public struct Interest: OptionSet, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public static let read = Interest(rawValue: 1)
  public static let write = Interest(rawValue: 2)
}

/// What a descriptor is ready for.
public struct Readiness: OptionSet, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public static let readable = Readiness(rawValue: 1)
  public static let writable = Readiness(rawValue: 2)
  /// Hung up or failed. Reading from it tells which.
  public static let failed = Readiness(rawValue: 4)
}
