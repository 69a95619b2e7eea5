import JSONRPC

/// The proxies that are believed when they say whom they speak for.
public struct TrustedProxies: Sendable, Equatable {
  private struct Network: Sendable, Equatable {
    let bytes: [UInt8]
    let prefix: Int

    func contains(_ address: IPAddress) -> Bool {
      guard address.bytes.count == bytes.count else { return false }
      return (0..<prefix).allSatisfy { bit in
        (address.bytes[bit / 8] ^ bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
      }
    }
  }

  private var networks: [Network] = []
  private var trustsUnix = false

  public init() {}

  /// - Parameter list: addresses, networks (`10.0.0.0/8`), and `unix` for whoever connects to a
  ///   Unix socket of the web.
  /// - Returns: nil when an entry is none of these.
  public init?(_ list: [String]) {
    for entry in list {
      if entry == "unix" {
        trustsUnix = true
        continue
      }
      let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
      let most = address.bytes.count * 8
      guard let prefix = parts.count == 1 ? most : Int(parts[1]), (0...most).contains(prefix) else {
        return nil
      }
      networks.append(Network(bytes: address.bytes, prefix: prefix))
    }
  }

  var isEmpty: Bool { networks.isEmpty && !trustsUnix }

  func contains(_ address: String) -> Bool {
    if address == "unix" { return trustsUnix }
    guard !networks.isEmpty, let address = IPAddress(address) else { return false }
    return networks.contains { $0.contains(address) }
  }

  /// Whom a request comes from: the last one in the chain whom no trusted proxy has written down.
  ///
  /// - Parameters:
  ///   - peer: who is at the other end of the connection.
  ///   - forwarded: the values of `X-Forwarded-For`, the nearest proxy's word last.
  func client(of peer: String, forwarded: [String]) -> String {
    var client = peer
    var chain = forwarded.flatMap { $0.split(separator: ",") }
    while contains(client), let last = chain.popLast() {
      guard let address = Self.address(in: last) else { break }
      client = address.description
    }
    return client
  }

  /// An address, perhaps with a port.
  private static func address(in text: Substring) -> IPAddress? {
    let word = text.split(separator: " ").joined()
    if word.hasPrefix("["), let end = word.firstIndex(of: "]") {
      return IPAddress(word[..<end].dropFirst())
    }
    if word.count(where: { $0 == ":" }) == 1 { return IPAddress(word.prefix { $0 != ":" }) }
    return IPAddress(word)
  }
}
