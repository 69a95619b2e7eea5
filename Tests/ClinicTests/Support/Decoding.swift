import JSONRPC
import Testing

/// Decodes a value as the params of a call are.
@discardableResult
func decoded<T: Decodable>(_ type: T.Type, _ json: String) throws -> T {
  try JSONValueDecoder().decode(type, from: try JSONDocument(parsing: json).root)
}

/// A text as JSON, every character of it.
func quoted(_ text: String) -> String {
  var writer = JSONWriter()
  writer.string(text)
  return String(decoding: writer.finish(), as: UTF8.self)
}

/// Why params were refused; nil when they were not, or for another reason.
func paramsReason(_ work: () throws -> some Any) -> ParamsError.Reason? {
  do {
    _ = try work()
    return nil
  } catch {
    return (error as? ParamsError)?.reason
  }
}
