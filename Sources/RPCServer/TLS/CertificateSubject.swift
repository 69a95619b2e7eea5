/// Finds a certificate's common name in its DER (X.509, RFC 5280). The signature was checked
/// before.
enum CertificateSubject {
  /// - Returns: the last common name of the subject; nil when there is none.
  static func commonName(ofDER bytes: [UInt8]) -> String? {
    var file = DER(bytes[...])
    guard var certificate = file.next(.sequence), var body = certificate.next(.sequence) else {
      return nil
    }
    // The version may be left out; then serial number, signature's algorithm, issuer, validity.
    _ = body.next(.version)
    guard body.next(.integer) != nil, body.next(.sequence) != nil, body.next(.sequence) != nil,
      body.next(.sequence) != nil, var subject = body.next(.sequence)
    else { return nil }
    var name: String?
    while var set = subject.next(.set) {
      while var pair = set.next(.sequence) {
        guard let kind = pair.next(.objectIdentifier), Array(kind.rest) == commonName,
          let value = pair.next()
        else { continue }
        name = String(decoding: value.rest, as: UTF8.self)
      }
    }
    return name
  }

  /// The object identifier 2.5.4.3.
  private static let commonName: [UInt8] = [0x55, 0x04, 0x03]
}

/// A run of DER values.
private struct DER {
  enum Tag: UInt8 {
    case integer = 0x02
    case objectIdentifier = 0x06
    case sequence = 0x30
    case set = 0x31
    /// The explicit `[0]` of a certificate.
    case version = 0xa0
  }

  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The content of the next value if it has this tag (any tag, without one); otherwise the value
  /// stays.
  mutating func next(_ tag: Tag? = nil) -> DER? {
    guard let first = rest.first, tag == nil || tag?.rawValue == first else { return nil }
    var input = rest.dropFirst()
    guard let short = input.popFirst() else { return nil }
    var length = Int(short)
    if short >= 0x80 {
      let count = Int(short & 0x7f)
      guard (1...3).contains(count), input.count >= count else { return nil }
      length = input.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      input = input.dropFirst(count)
    }
    guard input.count >= length else { return nil }
    rest = input.dropFirst(length)
    return DER(input.prefix(length))
  }
}
