import CCrypt
import Glibc

/// libcrypt, as far as bcrypt needs it. Each call has memory of its own, so calls may run side by
/// side.
enum Crypt {
  /// `$2b$12$` and 22 characters of salt, then 31 of the hash itself.
  private static let settingLength = 29
  private static let hashLength = 60

  /// A fresh salt from the kernel's random numbers, with the version and the cost in front of it.
  static func makeSetting(cost: Int) throws -> String {
    try unsafe withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(CRYPT_GENSALT_OUTPUT_SIZE)
    ) { buffer in
      guard
        let setting = unsafe crypt_gensalt_rn(
          "$2b$", UInt(cost), nil, 0, buffer.baseAddress, Int32(buffer.count))
      else { throw BcryptError.failed }
      return unsafe String(cString: setting)
    }
  }

  /// The hash of `phrase` under the salt and the cost that `setting` starts with.
  static func hash(_ phrase: Phrase, setting: String) throws -> String {
    // 32 KB, too much for the stack of a small thread; and it must start as zeros.
    let size = MemoryLayout<crypt_data>.size
    guard let memory = unsafe calloc(1, size) else { throw BcryptError.failed }
    defer {
      unsafe explicit_bzero(memory, size)
      unsafe free(memory)
    }
    let hash = try unsafe phrase.withCString { phrase -> String in
      guard let output = unsafe crypt_rn(phrase, setting, memory, Int32(size)) else {
        throw BcryptError.failed
      }
      return unsafe String(cString: output)
    }
    guard hash.utf8.count == hashLength else { throw BcryptError.failed }
    return hash
  }

  /// What a stored hash was made with: its first 29 characters and the cost in them; nil for
  /// anything but bcrypt.
  static func setting(of hash: String) -> (text: String, cost: Int)? {
    let bytes = Array(hash.utf8)
    guard bytes.count == hashLength, bytes.starts(with: "$2".utf8) else { return nil }
    // $2x$ marks hashes of a bug that this clinic never had.
    guard "aby".utf8.contains(bytes[2]), bytes[3] == UInt8(ascii: "$"),
      bytes[6] == UInt8(ascii: "$")
    else { return nil }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard digits.contains(bytes[4]), digits.contains(bytes[5]),
      bytes[7...].allSatisfy(isSaltCharacter)
    else { return nil }
    let cost = Int(bytes[4] - digits.lowerBound) * 10 + Int(bytes[5] - digits.lowerBound)
    guard BcryptHasher.costs.contains(cost) else { return nil }
    return (String(decoding: bytes[..<settingLength], as: UTF8.self), cost)
  }

  private static func isSaltCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}
