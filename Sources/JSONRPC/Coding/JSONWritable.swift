/// A value that writes itself, in a third of the time that a synthesized `encode(to:)` takes: for
/// the elements of long lists. It writes exactly what encoding its properties would write.
public protocol JSONWritable: Encodable {
  /// Writes the members of its object, without the braces.
  func writeMembers(into json: inout JSONWriter)
}

extension JSONWritable {
  /// The value as JSON.
  public var jsonBytes: [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    writeMembers(into: &json)
    json.endObject()
    return json.finish()
  }

  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? ValueEncoder else {
      throw EncodingError.invalidValue(self, .unknownCoder)
    }
    encoder.begin(isObject: true)
    encoder.output.writeMembers(of: self)
  }
}
