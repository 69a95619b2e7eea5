import Glibc
import Systemd
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

      let redirect = try await web.get("/board?lang=ar")
      #expect(redirect.status == 302 && redirect.headers["location"] == "/board/?lang=ar")
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
