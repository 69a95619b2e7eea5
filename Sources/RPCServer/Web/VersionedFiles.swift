/// Serves the pages' files with `?v=…` after the name of each file that they load, which a browser
/// may then cache forever: the address changes when the content of the file does, or the content of
/// a file that it loads in turn.
struct VersionedFiles {
  private let read: (String) -> [UInt8]?
  private var known: [String: [UInt8]] = [:]
  /// Files whose links are being followed; a link back to one of them is left as it is.
  private var open: Set<String> = []

  /// - Parameter read: gives a file's bytes, nil for one that is not there.
  init(read: @escaping (String) -> [UInt8]?) {
    self.read = read
  }

  /// The file as it is sent; nil for one that is not there.
  mutating func content(of path: String, type: String) -> [UInt8]? {
    if let content = known[path] { return content }
    guard let bytes = read(path) else { return nil }
    guard let marks = Self.marks[type] else { return bytes }
    open.insert(path)
    defer { open.remove(path) }
    var content: [UInt8] = []
    var rest = bytes[...]
    while let link = Self.nextLink(in: rest, after: marks) {
      content += rest[..<link.endIndex]
      if let version = version(of: String(decoding: link, as: UTF8.self), from: path) {
        content += Array("?v=\(version)".utf8)
      }
      rest = rest[link.endIndex...]
    }
    content += rest
    known[path] = content
    return content
  }

  /// What stands before the quoted name of a file, by the kind of file it stands in.
  private static let marks: [String: [[UInt8]]] = [
    PagePath.html: ["src=", "href="].map { Array($0.utf8) },
    PagePath.script: ["from ", "import ", "import("].map { Array($0.utf8) },
    PagePath.style: ["url("].map { Array($0.utf8) },
  ]

  private static let quote = UInt8(ascii: "\"")

  /// The next quoted text that stands after one of the marks.
  private static func nextLink(
    in bytes: ArraySlice<UInt8>, after marks: [[UInt8]]
  ) -> ArraySlice<UInt8>? {
    var start = bytes.startIndex
    while let first = bytes[start...].firstIndex(of: quote) {
      start = first + 1
      guard marks.contains(where: { bytes[..<first].reversed().starts(with: $0.reversed()) }),
        let last = bytes[start...].firstIndex(of: quote)
      else { continue }
      return bytes[start..<last]
    }
    return nil
  }

  /// The version of the file that a link leads to; nil if it leads to no file of the pages, or to a
  /// page itself.
  private mutating func version(of link: String, from path: String) -> String? {
    let folder = path.prefix { $0 != "/" }
    let name = link.hasPrefix("./") ? link.dropFirst(2) : link[...]
    guard
      case .file(let target, let type) = PagePath(name.first == "/" ? name : "/\(folder)/\(name)"),
      type != PagePath.html, !open.contains(target)
    else { return nil }
    return content(of: target, type: type).map(Pages.hash)
  }
}
