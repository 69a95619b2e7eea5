/// A numeric address, of IPv4 or IPv6.
package struct IPAddress: Hashable, CustomStringConvertible {
  /// Four bytes or sixteen. An IPv4 address mapped into IPv6 is stored as an IPv4 address.
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) {
    let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
    self.bytes = bytes.count == 16 && bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes
  }

  /// - Returns: nil for what is not a numeric address.
  package init?(_ text: some StringProtocol) {
    guard let bytes = text.contains(":") ? Self.six(text) : Self.four(text) else { return nil }
    self.init(bytes: bytes)
  }

  private static func four(_ text: some StringProtocol) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let bytes = parts.compactMap { part in
      part.utf8.allSatisfy { (0x30...0x39).contains($0) } && part.utf8.count <= 3
        ? UInt8(part) : nil
    }
    return parts.count == 4 && bytes.count == 4 ? bytes : nil
  }

  private static func six(_ text: some StringProtocol) -> [UInt8]? {
    let halves = String(text).split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
    let groups = halves.map { half in half.isEmpty ? [] : Self.groups(half) }
    guard let head = groups.first ?? nil, let tail = groups.count == 2 ? groups[1] : [] else {
      return nil
    }
    let missing = 16 - head.count - tail.count
    guard groups.count == 2 ? missing >= 2 : missing == 0 else { return nil }
    return head + [UInt8](repeating: 0, count: missing) + tail
  }

  private static func groups(_ text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var bytes: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if part.contains("."), index == parts.count - 1, let four = four(part) {
        bytes += four
      } else if part.utf8.count <= 4, let first = part.utf8.first, first != UInt8(ascii: "+"),
        let group = UInt16(part, radix: 16)
      {
        bytes += [UInt8(group >> 8), UInt8(group & 255)]
      } else {
        return nil
      }
    }
    return bytes
  }

  /// The key limits count by: an IPv4 address itself, an IPv6 address's /64, since one host usually
  /// controls a whole /64.
  package var network: String {
    guard bytes.count == 16 else { return description }
    return "\(IPAddress(bytes: bytes[..<8] + [UInt8](repeating: 0, count: 8)))/64"
  }

  package var description: String {
    if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
    let groups = stride(from: 0, to: 16, by: 2).map {
      UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
    }
    // The longest run of zeros is left out (RFC 5952).
    var longest = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(longest.count, 1) { longest = start..<end }
      start = end + 1
    }
    func text(_ part: ArraySlice<UInt16>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard !longest.isEmpty else { return text(groups[...]) }
    return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
  }
}
