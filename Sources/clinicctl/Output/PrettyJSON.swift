import JSONRPC

/// JSON with a line for each member, for people who asked for JSON.
enum PrettyJSON {
  static func text(_ value: JSONValue) -> String {
    var text = ""
    append(value, indent: "", to: &text)
    return text
  }

  private static func append(_ value: JSONValue, indent: String, to text: inout String) {
    let inner = indent + "  "
    switch value.kind {
    case .object where value.count > 0:
      text += "{"
      for (index, member) in value.members.enumerated() {
        var name = JSONWriter()
        name.string(member.name)
        text += "\(index == 0 ? "" : ",")\n\(inner)\(String(decoding: name.bytes, as: UTF8.self)): "
        append(member.value, indent: inner, to: &text)
      }
      text += "\n\(indent)}"
    case .array where value.count > 0:
      text += "["
      for (index, element) in value.elements.enumerated() {
        text += "\(index == 0 ? "" : ",")\n\(inner)"
        append(element, indent: inner, to: &text)
      }
      text += "\n\(indent)]"
    default: text += String(decoding: value.rawBytes, as: UTF8.self)
    }
  }
}
