import Crypto
import Gzip
import JSONRPC
import NIOCore
import NIOHTTP1
import Synchronization

/// Answers with files of the pages' folder. They are read at each request, so that a changed one is
/// seen at once; what was compressed is kept by its content. A browser asks for a page each time,
/// and keeps what the page loads by its content.
final class Pages: Sendable {
  private let compressed = Mutex<[String: [UInt8]]>([:])
  /// How many compressed files are kept: more than the pages have.
  private static let limit = 256

  /// Reads the file, so it must not run on an event loop.
  ///
  /// - Parameters:
  ///   - head: the request.
  ///   - read: gives a file's bytes, nil for one that is not there.
  func answer(
    _ head: HTTPRequestHead, _ path: String, type: String, read: @escaping (String) -> [UInt8]?
  ) -> HTTPReply {
    var files = VersionedFiles(read: read)
    guard let bytes = files.content(of: path, type: type) else { return .notFound }
    let hash = Self.hash(bytes)
    var reply = HTTPReply(.ok, type: type, headers: Self.securityHeaders)
    let isFresh = head.query("v").map(String.init) == hash && type != PagePath.html
    reply.headers.add(
      name: "Cache-Control", value: isFresh ? "max-age=31536000, immutable" : "no-cache")
    let packed = PagePath.isCompressible(type) ? compressed(bytes, hash: hash) : nil
    if packed != nil { reply.headers.add(name: "Vary", value: "Accept-Encoding") }
    let isPacked = packed != nil && head.acceptsGzip
    reply.headers.add(name: "ETag", value: isPacked ? "\"\(hash)-gzip\"" : "\"\(hash)\"")
    if head.knows(hash) {
      reply.status = .notModified
      return reply
    }
    if isPacked { reply.headers.add(name: "Content-Encoding", value: "gzip") }
    reply.body = ByteBuffer(bytes: isPacked ? packed ?? bytes : bytes)
    return reply
  }

  /// 16 hexadecimal digits that change when the content does.
  static func hash(_ bytes: [UInt8]) -> String {
    Array(SHA256.hash(data: bytes).prefix(8)).hexadecimal
  }

  private func compressed(_ bytes: [UInt8], hash: String) -> [UInt8]? {
    if let known = compressed.withLock({ $0[hash] }) { return known }
    guard let packed = Gzip.compress(bytes) else { return nil }
    compressed.withLock { kept in
      if kept.count >= Self.limit { kept.removeAll() }
      kept[hash] = packed
    }
    return packed
  }

  /// A page loads from this server alone, runs no inline code, is framed by nobody and asks for no
  /// devices.
  private static let securityHeaders = [
    (
      "Content-Security-Policy",
      "default-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self'; "
        + "script-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    ("Referrer-Policy", "no-referrer"),
    (
      "Permissions-Policy",
      "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()"
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
  ]
}

extension HTTPRequestHead {
  /// The value of the query's member.
  func query(_ name: String) -> Substring? {
    guard let mark = uri.firstIndex(of: "?") else { return nil }
    for pair in uri[mark...].dropFirst().split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, parts[0] == name { return parts[1] }
    }
    return nil
  }

  fileprivate var acceptsGzip: Bool {
    headers[canonicalForm: "accept-encoding"].contains { entry in
      let parts = entry.lowercased().split(separator: ";").map {
        $0.split(separator: " ").joined()
      }
      guard parts.first == "gzip" || parts.first == "*" else { return false }
      return !parts.dropFirst().contains { ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains($0) }
    }
  }

  /// Whether the client has this content already, compressed or not.
  fileprivate func knows(_ hash: String) -> Bool {
    headers[canonicalForm: "if-none-match"].contains { entry in
      let tag = entry.hasPrefix("W/") ? entry.dropFirst(2) : entry[...]
      return tag == "*" || tag == "\"\(hash)\"" || tag == "\"\(hash)-gzip\""
    }
  }
}
