import Testing

@testable import RPCServer

@Suite struct PagePathTests {
  @Test func theBareAddressLeadsToTheDesk() {
    #expect(PagePath("/") == .redirect(to: "/desk/"))
  }

  @Test(arguments: [
    ("/board/", "board/index.html", "text/html; charset=utf-8"),
    ("/kiosk", "kiosk/index.html", "text/html; charset=utf-8"),
    ("/board/board.css", "board/board.css", "text/css; charset=utf-8"),
    ("/desk/parts/list.js", "desk/parts/list.js", "text/javascript; charset=utf-8"),
    ("/shared/lang/ar.json", "shared/lang/ar.json", "application/json"),
    ("/shared/icon.svg", "shared/icon.svg", "image/svg+xml"),
  ])
  func aFileHasItsType(_ path: String, _ file: String, _ type: String) {
    #expect(PagePath(path[...]) == .file(file, type: type))
  }

  @Test(arguments: [
    "", "board", "//board/", "/board//", "/board/../desk/index.html", "/board/..", "/board/.env.js",
    "/shared", "/shared/", "/python/setup.js", "/openrpc.json", "/board/x", "/board/x.py",
    "/board/%2e%2e/x.js", "/board/a\\b.js", "/board/a b.js", "/board/ü.js", "/board/x.js/",
    "/shared/../../etc/passwd.txt", "/board/\0.js",
  ])
  func nothingElseIsThere(_ path: String) {
    #expect(PagePath(path[...]) == PagePath.none)
  }
}
