import Gzip
import NIOCore
import NIOHTTP1
import Testing

@testable import RPCServer

@Suite struct PagesTests {
  private let pages = Pages()
  private let script = Array(String(repeating: "let one = 1\n", count: 100).utf8)

  private func answer(
    _ uri: String = "/board/x.js", _ headers: [(String, String)] = [],
    type: String = "text/javascript; charset=utf-8"
  ) -> HTTPReply {
    let head = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: uri, headers: HTTPHeaders(headers))
    return pages.answer(head, "board/x.js", type: type) {
      $0 == "board/x.js" ? script : nil
    }
  }

  private var hash: String { Pages.hash(script) }

  @Test func aFileComesWithWhatABrowserHasToKnow() {
    let reply = answer()
    #expect(reply.status == .ok)
    #expect(Array(reply.body.readableBytesView) == script)
    #expect(reply.headers["ETag"] == ["\"\(hash)\""])
    #expect(reply.headers["Cache-Control"] == ["no-cache"])
    #expect(reply.headers["Vary"] == ["Accept-Encoding"])
    let policy = reply.headers.first(name: "Content-Security-Policy") ?? ""
    #expect(policy.contains("script-src 'self'") && !policy.contains("unsafe"))
    #expect(reply.headers["Referrer-Policy"] == ["no-referrer"])
    #expect(reply.headers["Cross-Origin-Opener-Policy"] == ["same-origin"])
  }

  @Test func aMissingFileIsNotFound() {
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/board/y.js")
    #expect(
      pages.answer(head, "board/y.js", type: "text/css", read: { _ in nil }).status == .notFound)
  }

  @Test(arguments: ["gzip", "br, gzip;q=0.5", "*", "deflate, GZIP"])
  func itIsPackedForWhoeverTakesThat(_ accepted: String) {
    let reply = answer("/board/x.js", [("Accept-Encoding", accepted)])
    #expect(reply.headers["Content-Encoding"] == ["gzip"])
    #expect(reply.headers["ETag"] == ["\"\(hash)-gzip\""])
    #expect(reply.body.readableBytes < 100)
    #expect(Array(reply.body.readableBytesView.prefix(2)) == [0x1f, 0x8b])
  }

  @Test(arguments: ["", "br", "gzip;q=0", "gzip; q=0.0", "identity"])
  func otherwiseItIsNot(_ accepted: String) {
    let reply = answer("/board/x.js", [("Accept-Encoding", accepted)])
    #expect(reply.headers["Content-Encoding"] == [])
    #expect(reply.body.readableBytes == script.count)
  }

  @Test func whatDoesNotBecomeShorterIsSentAsItIs() {
    #expect(Gzip.compress(Array("short".utf8)) == nil)
    let reply = answer("/board/x.js", [("Accept-Encoding", "gzip")], type: "image/png")
    #expect(reply.headers["Content-Encoding"] == [] && reply.headers["Vary"] == [])
  }

  @Test func whatIsKnownIsNotSentAgain() {
    for tag in ["\"\(hash)\"", "W/\"\(hash)\"", "\"other\", \"\(hash)-gzip\"", "*"] {
      let reply = answer("/board/x.js", [("If-None-Match", tag)])
      #expect(reply.status == .notModified && reply.body.readableBytes == 0)
      #expect(reply.headers["ETag"] == ["\"\(hash)\""])
    }
    #expect(answer("/board/x.js", [("If-None-Match", "\"other\"")]).status == .ok)
  }

  @Test func aVersionIsKeptForGoodIfItIsThisOne() {
    #expect(
      answer("/board/x.js?v=\(hash)").headers["Cache-Control"] == ["max-age=31536000, immutable"])
    #expect(answer("/board/x.js?v=0123").headers["Cache-Control"] == ["no-cache"])
    #expect(
      answer("/board/?v=\(hash)", type: PagePath.html).headers["Cache-Control"] == ["no-cache"])
  }
}
