import NIOHTTP1
import Testing

@testable import RPCServer

@Suite struct VersionedFilesTests {
  private func content(_ files: [String: String], _ path: String, _ type: String) -> String? {
    var versioned = VersionedFiles { files[$0].map { Array($0.utf8) } }
    return versioned.content(of: path, type: type).map { String(decoding: $0, as: UTF8.self) }
  }

  private func hash(_ text: String) -> String { Pages.hash(Array(text.utf8)) }

  @Test func aPageNamesWhatItLoadsByItsContent() {
    let page = #"<link href="/shared/a.css"><script src="b.js"></script><a href="/docs/">x</a>"#
    let shown = content(
      ["board/index.html": page, "shared/a.css": "a", "board/b.js": "b"], "board/index.html",
      PagePath.html)
    #expect(
      shown == """
        <link href="/shared/a.css?v=\(hash("a"))"><script src="b.js?v=\(hash("b"))"></script>\
        <a href="/docs/">x</a>
        """)
  }

  @Test func aChangeFarDownChangesEveryAddressOnTheWay() {
    func files(_ deepest: String) -> [String: String] {
      [
        "board/index.html": #"<script src="b.js"></script>"#,
        "board/b.js": #"import { c } from "./c.js";"#,
        "board/c.js": #"import "/shared/d.js";"#, "shared/d.js": deepest,
      ]
    }
    let d = hash("one")
    let c = hash("import \"/shared/d.js?v=\(d)\";")
    #expect(
      content(files("one"), "board/b.js", PagePath.script)
        == "import { c } from \"./c.js?v=\(c)\";")
    let before = content(files("one"), "board/index.html", PagePath.html)
    #expect(before == content(files("one"), "board/index.html", PagePath.html))
    #expect(before != content(files("two"), "board/index.html", PagePath.html))
  }

  @Test(arguments: [
    #"import "./missing.js";"#, #"import "https://elsewhere.example/x.js";"#,
    #"import "../../secret.js";"#, #"import "./a.js"#, #"const text = "a.js";"#, #"from ""#,
    // Two that load each other.
    #"import "./a.js";"#,
  ])
  func whatIsNoFileOfThePagesStays(_ script: String) {
    #expect(content(["board/a.js": script], "board/a.js", PagePath.script) == script)
  }

  @Test func aMissingFileIsMissing() {
    #expect(content([:], "board/a.js", PagePath.script) == nil)
  }
}
