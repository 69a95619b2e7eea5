/// Where a page's path leads. Knows no files.
enum PagePath: Equatable {
  /// A file below the pages' folder.
  case file(String, type: String)
  case redirect(to: String)
  case none

  /// Folders with an `index.html`.
  private static let pages: Set<Substring> = ["board", "kiosk", "desk", "docs"]
  /// What pages have in common.
  private static let shared: Substring = "shared"
  /// Where the bare address leads.
  private static let first = "/desk/"

  /// - Parameter path: of the request's target, without the query. It is taken as it is: none of
  ///   the pages' names needs an escape.
  init(_ path: Substring) {
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard path.first == "/", let folder = parts.first else {
      self = .none
      return
    }
    let names = parts.dropFirst()
    if path == "/" {
      self = .redirect(to: Self.first)
    } else if Self.pages.contains(folder), names.isEmpty || names.elementsEqual([""]) {
      self = .file("\(folder)/index.html", type: Self.html)
    } else if Self.pages.contains(folder) || folder == Self.shared, names.allSatisfy(Self.isName),
      let type = Self.type(of: names.last ?? "")
    {
      self = .file(parts.joined(separator: "/"), type: type)
    } else {
      self = .none
    }
  }

  /// Whether the name has only letters, digits, `-`, `_` and dots, and does not begin with a dot:
  /// nothing that leads elsewhere, and nothing hidden.
  private static func isName(_ name: Substring) -> Bool {
    guard let first = name.utf8.first, first != UInt8(ascii: ".") else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }

  static let html = "text/html; charset=utf-8"
  static let script = "text/javascript; charset=utf-8"
  static let style = "text/css; charset=utf-8"

  private static func type(of name: Substring) -> String? {
    guard let dot = name.lastIndex(of: ".") else { return nil }
    return types[String(name[dot...].dropFirst())]
  }

  /// Files of other kinds are not a page's.
  private static let types = [
    "html": html, "css": style, "js": script, "mjs": script, "json": "application/json",
    "webmanifest": "application/manifest+json", "svg": "image/svg+xml", "png": "image/png",
    "jpg": "image/jpeg", "webp": "image/webp", "ico": "image/x-icon", "woff2": "font/woff2",
    "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav", "txt": "text/plain; charset=utf-8",
  ]

  /// Whether files of a type become shorter when they are compressed.
  static func isCompressible(_ type: String) -> Bool {
    type.hasPrefix("text/") || type.hasPrefix("application/") || type == "image/svg+xml"
  }
}
