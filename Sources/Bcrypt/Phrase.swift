import Glibc

/// A password on its way through the queue: checked, terminated for C, and wiped when it is no
/// longer needed.
@safe final class Phrase: @unchecked Sendable {
  /// Written once, before anyone else sees the object.
  private let start: UnsafeMutablePointer<CChar>
  private let capacity: Int

  init(_ password: String) throws {
    let utf8 = password.utf8
    guard utf8.count <= BcryptHasher.maximumPasswordBytes else { throw BcryptError.passwordTooLong }
    guard !utf8.contains(0) else { throw BcryptError.passwordHasNull }
    capacity = utf8.count + 1
    unsafe start = .allocate(capacity: capacity)
    unsafe start.initialize(repeating: 0, count: capacity)
    for (index, byte) in utf8.enumerated() { unsafe start[index] = CChar(bitPattern: byte) }
  }

  deinit {
    unsafe explicit_bzero(start, capacity)
    unsafe start.deallocate()
  }

  func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
    try unsafe body(start)
  }
}
