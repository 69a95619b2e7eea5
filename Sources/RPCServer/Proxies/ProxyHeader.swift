import JSONRPC

/// The header of the PROXY protocol, version 2, with which a proxy says whom it connects for.
enum ProxyHeader: Equatable {
  /// More bytes are needed to know.
  case incomplete
  /// The client's own bytes begin at once.
  case absent
  /// - Parameters:
  ///   - address: nil when the proxy speaks for itself.
  ///   - length: of the header in bytes.
  case present(address: IPAddress?, length: Int)
  case malformed

  private static let signature: [UInt8] = [
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
  ]
  /// The longest header that is read: the addresses and what may follow them.
  private static let longest = 2_048

  init(_ bytes: [UInt8]) {
    guard bytes.count >= 16 else {
      let known = min(bytes.count, 12)
      self = bytes[..<known] == Self.signature[..<known] ? .incomplete : .absent
      return
    }
    guard bytes.starts(with: Self.signature) else {
      self = .absent
      return
    }
    let length = 16 + Int(bytes[14]) << 8 + Int(bytes[15])
    let (version, command) = (bytes[12] >> 4, bytes[12] & 15)
    guard version == 2, command <= 1, length <= Self.longest else {
      self = .malformed
      return
    }
    guard bytes.count >= length else {
      self = .incomplete
      return
    }
    let size = command == 0 ? 0 : Self.size(of: bytes[13] >> 4)
    guard size > 0 else {
      self = .present(address: nil, length: length)
      return
    }
    // Source and destination, and a port of each.
    guard length >= 16 + 2 * size + 4 else {
      self = .malformed
      return
    }
    self = .present(address: IPAddress(bytes: Array(bytes[16..<16 + size])), length: length)
  }

  /// The size of an address; 0 for a family that is not of the Internet.
  private static func size(of family: UInt8) -> Int {
    switch family {
    case 1: 4
    case 2: 16
    default: 0
    }
  }
}
