import Glibc
import Host
import Testing

/// Pages from a folder.
@Suite struct WebPagesTests {
  @Test("pages are served as they are now, and from their folder alone")
  func pages() async throws {
    try await TestClinic.run(1, ["CLINIC_CLIENTS_DIRECTORY": "pages"]) { clinic in
      let folder = "\(clinic.folder)/pages"
      try makeFolders(folder, "\(folder)/board", "\(folder)/shared")
      try SmallFile.write(Array("<!doctype html>".utf8), to: "\(folder)/board/index.html")
      try SmallFile.write(Array("one".utf8), to: "\(folder)/shared/rpc.js")
      try SmallFile.write(Array("secret".utf8), to: "\(clinic.folder)/secret.js")
      let web = try HTTPClient(clinic.daemons[0])

      let redirect = try await web.get("/?lang=ar")
      #expect(redirect.status == 302 && redirect.headers["location"] == "/desk/?lang=ar")
      #expect(try await web.get("/board?lang=ar").text == "<!doctype html>")
      let page = try await web.get("/board/?lang=ar")
      #expect(page.status == 200 && page.text == "<!doctype html>")
      #expect(page.headers["content-type"] == "text/html; charset=utf-8")
      #expect(page.headers["content-security-policy"]?.contains("default-src 'self'") == true)

      let script = try await web.get("/shared/rpc.js")
      let tag = try #require(script.headers["etag"])
      #expect(script.text == "one")
      #expect(try await web.get("/shared/rpc.js", [("If-None-Match", tag)]).status == 304)
      try SmallFile.write(Array("two".utf8), to: "\(folder)/shared/rpc.js")
      #expect(try await web.get("/shared/rpc.js", [("If-None-Match", tag)]).text == "two")

      // What a page loads has an address of its content, which is kept for good; the page is asked
      // for.
      let board = "<script src=\"/shared/rpc.js\"></script>"
      try SmallFile.write(Array(board.utf8), to: "\(folder)/board/index.html")
      let first = try await web.get("/board/")
      #expect(first.headers["cache-control"] == "no-cache")
      let address = try #require(
        first.text.split(separator: "\"").dropFirst().first.map(String.init))
      #expect(address.hasPrefix("/shared/rpc.js?v="))
      let kept = try await web.get(address)
      #expect(kept.text == "two")
      #expect(kept.headers["cache-control"] == "max-age=31536000, immutable")
      try SmallFile.write(Array("three".utf8), to: "\(folder)/shared/rpc.js")
      #expect(try await web.get("/board/").text != first.text)
      #expect(try await web.get(address).headers["cache-control"] == "no-cache")
      try SmallFile.write(Array("two".utf8), to: "\(folder)/shared/rpc.js")

      for path in [
        "/shared/../../secret.js", "/shared/..%2f..%2fsecret.js", "/kiosk/", "/shared/",
        "/secret.js",
      ] {
        #expect(try await web.get(path).status == 404, "\(path)")
      }
      #expect(try await web.request("HEAD", "/shared/rpc.js").headers["content-length"] == "3")
      #expect(try await web.request("DELETE", "/shared/rpc.js").status == 405)
    }
  }

  private func makeFolders(_ paths: String...) throws {
    for path in paths {
      let status = unsafe mkdir(path, 0o700)
      try #require(status == 0)
    }
  }
}
