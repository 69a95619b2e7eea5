/// Params that do not fit the method: what is wrong, and where.
public struct ParamsError: Error, Sendable, Equatable {
  public var reason: Reason
  /// The path of the field on the wire (`emergency_contact.phone`, `items[2].quantity`); nil for
  /// the params as a whole.
  public var field: String?
  /// A phrase for people, without the field's name and without its value.
  public var message: String
  /// Further members for programs: `did_you_mean`, `limit`, `allowed`.
  public var details: RPCError.Details

  public init(
    reason: Reason, field: String? = nil, message: String, details: RPCError.Details = [:]
  ) {
    self.reason = reason
    self.field = field
    self.message = message
    self.details = details
  }

  /// -32602.
  public var rpcError: RPCError { .invalidParams(self) }
}

extension ParamsError {
  /// A stable snake_case word for what is wrong.
  public struct Reason: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { self.init(rawValue: value) }

    public static let missing: Reason = "missing"
    public static let wrongType: Reason = "wrong_type"
    public static let unknownParam: Reason = "unknown_param"
    public static let duplicateMember: Reason = "duplicate_member"
    public static let tooManyParams: Reason = "too_many_params"
    public static let outOfRange: Reason = "out_of_range"
    public static let tooLong: Reason = "too_long"
    public static let tooShort: Reason = "too_short"
    public static let malformed: Reason = "malformed"
    /// Not one of the values listed in `allowed`.
    public static let notAllowedValue: Reason = "not_allowed_value"
    public static let invalid: Reason = "invalid"
  }
}

extension ParamsError: CustomStringConvertible {
  public var description: String {
    if let field { "\(field): \(message)" } else { message }
  }
}

/// What the `init(from:)` of a type with rules of its own throws; the decoder adds where it
/// happened.
public struct InvalidValue: Error, Sendable {
  public var reason: ParamsError.Reason
  public var message: String
  public var details: RPCError.Details

  /// - Parameter message: a phrase for people, without the value.
  public init(reason: ParamsError.Reason, message: String, details: RPCError.Details = [:]) {
    self.reason = reason
    self.message = message
    self.details = details
  }
}
