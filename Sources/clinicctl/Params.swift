import JSONRPC

/// The params of a call as they are typed: `key=value` pairs, or one JSON object or array.
///
/// - `key=value`: a value that is JSON is taken as such, anything else is a string; so `limit=5`
///   is a number while `2026-01-31`, `08:30` and `0712345` are strings.
/// - `key:=json`: must be JSON. `key="\"5\""` or `key:='"5"'` is the string 5.
/// - `key=@file`, `key:=@file`: the file's text, the file's JSON; `-` is standard input.
/// - `a.b=value`: a member of an object within.
struct Params {
  struct Invalid: Error, Equatable {
    let message: String
  }

  /// Reads a file, or standard input for `-`.
  typealias FileReader = (String) throws -> [UInt8]

  /// An object, in the order of typing.
  private indirect enum Node {
    /// JSON, with the typed text when that is a number or a word that could have been meant as
    /// text.
    case json([UInt8], typed: String?)
    case object([(name: String, node: Node)])
  }

  private var root = Node.object([])
  /// The params as a whole, when they were given as JSON.
  private var whole: [UInt8]?

  init(_ arguments: [String], readFile: FileReader) throws {
    if let first = arguments.first, arguments.count == 1, Self.looksLikeJSON(first) {
      let bytes = first == "-" ? try readFile("-") : Array(first.utf8)
      let value = try Self.document(bytes, named: "the params").root
      guard value.kind == .object || value.kind == .array else {
        throw Invalid(message: "the params are not a JSON object or array")
      }
      whole = value.rawBytes
      return
    }
    for argument in arguments { try add(argument, readFile) }
  }

  /// The params that are sent, as JSON; nil when there are none.
  var json: [UInt8]? {
    if let whole { return whole }
    guard case .object(let members) = root, !members.isEmpty else { return nil }
    var writer = JSONWriter()
    Self.write(root, into: &writer)
    return writer.finish()
  }

  /// Makes the member at a path a string as it was typed, for a daemon that wants a string.
  ///
  /// - Returns: false when the member is a string already, or was not typed as a plain value.
  mutating func makeText(of path: String) -> Bool {
    Self.makeText(of: path.split(separator: ".")[...], in: &root)
  }

  private static func looksLikeJSON(_ argument: String) -> Bool {
    argument == "-" || argument.hasPrefix("{") || argument.hasPrefix("[")
  }

  private mutating func add(_ argument: String, _ readFile: FileReader) throws {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
      throw Invalid(message: "\"\(argument)\" is not key=value")
    }
    var key = argument[..<equals]
    let value = String(argument[argument.index(after: equals)...])
    let isJSON = key.hasSuffix(":")
    if isJSON { key = key.dropLast() }
    let path = key.split(separator: ".", omittingEmptySubsequences: false)
    guard path.allSatisfy({ !$0.isEmpty }) else {
      throw Invalid(message: "\"\(argument)\" has no name before the equals sign")
    }
    let node = isJSON ? try Self.json(value, readFile) : try Self.text(value, readFile)
    try Self.insert(node, at: path[...], in: &root, name: String(key))
  }

  private static func json(_ value: String, _ readFile: FileReader) throws -> Node {
    let bytes = value.hasPrefix("@") ? try readFile(String(value.dropFirst())) : Array(value.utf8)
    return .json(try document(bytes, named: "\"\(value.prefix(40))\"").root.rawBytes, typed: nil)
  }

  private static func document(_ bytes: [UInt8], named name: String) throws -> JSONDocument {
    // The call around them is a level as well.
    let limits = JSONLimits(maxDepth: JSONLimits().maxDepth - 1)
    do {
      return try JSONDocument(parsing: bytes, limits: limits)
    } catch {
      throw Invalid(message: "\(name): this is not JSON that can be sent: \(error)")
    }
  }

  private static func text(_ value: String, _ readFile: FileReader) throws -> Node {
    if value.hasPrefix("@") {
      var bytes = try readFile(String(value.dropFirst()))
      // The newline that ends a text file is not part of the text.
      if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
      if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Invalid(message: "\(value.dropFirst()) is not text in UTF-8")
      }
      return string(text)
    }
    guard let document = try? JSONDocument(parsing: value) else { return string(value) }
    switch document.root.kind {
    case .number, .bool, .null: return .json(document.root.rawBytes, typed: value)
    case .string, .array, .object: return .json(document.root.rawBytes, typed: nil)
    }
  }

  private static func string(_ text: String) -> Node {
    var writer = JSONWriter()
    writer.string(text)
    return .json(writer.finish(), typed: nil)
  }

  private static func insert(
    _ node: Node, at path: ArraySlice<Substring>, in parent: inout Node, name: String
  ) throws {
    guard case .object(var members) = parent, let first = path.first else {
      throw Invalid(message: "\"\(name)\" is within a value that is no object")
    }
    let index = members.firstIndex { $0.name == first }
    if path.count == 1 {
      guard index == nil else { throw Invalid(message: "\"\(name)\" is given twice") }
      members.append((String(first), node))
    } else {
      let index = index ?? members.endIndex
      if index == members.endIndex { members.append((String(first), .object([]))) }
      try insert(node, at: path.dropFirst(), in: &members[index].node, name: name)
    }
    parent = .object(members)
  }

  private static func makeText(of path: ArraySlice<Substring>, in parent: inout Node) -> Bool {
    guard case .object(var members) = parent, let first = path.first,
      let index = members.firstIndex(where: { $0.name == first })
    else { return false }
    if path.count > 1 {
      guard makeText(of: path.dropFirst(), in: &members[index].node) else { return false }
    } else {
      guard case .json(_, typed: let typed?) = members[index].node else { return false }
      members[index].node = string(typed)
    }
    parent = .object(members)
    return true
  }

  private static func write(_ node: Node, into writer: inout JSONWriter) {
    switch node {
    case .json(let bytes, _): writer.raw(bytes)
    case .object(let members):
      writer.beginObject()
      for member in members {
        writer.key(member.name)
        write(member.node, into: &writer)
      }
      writer.endObject()
    }
  }
}
