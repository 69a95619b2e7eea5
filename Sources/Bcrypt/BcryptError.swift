/// Why a password was not hashed or compared. No case holds a password or a hash.
public enum BcryptError: Error, Hashable, Sendable, CustomStringConvertible {
  /// More than 72 bytes of UTF-8. bcrypt would ignore the rest without a word.
  case passwordTooLong
  /// The password holds U+0000, where C would end it.
  case passwordHasNull
  /// What is stored is no bcrypt hash, or one that is too costly to be computed here.
  case malformedHash
  /// The queue is full: as many passwords wait as may.
  case busy
  /// The C library refused, for example because no random bytes could be had.
  case failed

  public var description: String {
    switch self {
    case .passwordTooLong: "the password is longer than 72 bytes"
    case .passwordHasNull: "the password contains a null character"
    case .malformedHash: "the stored hash is not a bcrypt hash"
    case .busy: "too many passwords are waiting to be checked"
    case .failed: "bcrypt failed"
    }
  }
}
