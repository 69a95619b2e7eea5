import Crypto
import FoundationEssentials

/// Encrypts a stream piece by piece with AES-256-GCM. A piece's number and whether it is the last
/// one go into its nonce: pieces that are left out, moved, cut off or added are found out.
struct BackupSeal {
  /// Bytes of a piece before it is sealed; the last one may have fewer.
  static let pieceSize = 1 << 20
  /// How many bytes longer a sealed piece is.
  static let overhead = 16
  static let saltSize = 16

  private let key: SymmetricKey
  private var number: UInt64 = 0

  /// - Parameters:
  ///   - secret: what the key file holds.
  ///   - salt: random, and kept with the backup, so that each backup has a key of its own.
  init(secret: [UInt8], salt: [UInt8]) {
    key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: secret), salt: salt, info: Array("clinicd backup".utf8),
      outputByteCount: 32)
  }

  static func randomSalt() -> [UInt8] {
    (0..<saltSize).map { _ in .random(in: .min ... .max) }
  }

  mutating func seal(_ piece: [UInt8], isLast: Bool) throws -> [UInt8] {
    let box = try AES.GCM.seal(piece, using: key, nonce: nextNonce(isLast))
    return Array(box.ciphertext) + Array(box.tag)
  }

  /// - Throws: when the piece is not what was sealed here.
  mutating func open(_ piece: [UInt8], isLast: Bool) throws -> [UInt8] {
    let box = try AES.GCM.SealedBox(
      nonce: nextNonce(isLast), ciphertext: piece.dropLast(Self.overhead),
      tag: piece.suffix(Self.overhead))
    return Array(try AES.GCM.open(box, using: key))
  }

  private mutating func nextNonce(_ isLast: Bool) throws -> AES.GCM.Nonce {
    defer { number += 1 }
    let digits = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    return try AES.GCM.Nonce(data: [0, 0, 0, isLast ? 1 : 0] + digits)
  }
}
