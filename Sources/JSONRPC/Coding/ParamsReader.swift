/// Decodes a call's params, by name or by position.
public enum ParamsReader {
  /// - Parameters:
  ///   - params: an object, an array, or nil for none.
  ///   - names: the fields of `type`; their order is that of params by position.
  /// - Throws: ``ParamsError``: unknown names, too many params, and whatever the type's own rules
  ///   refuse.
  public static func decode<T: Decodable>(
    _ type: T.Type, from params: JSONValue?, names: MethodParams
  ) throws(ParamsError) -> T {
    let decoder = ValueDecoder(params ?? .emptyObject, refusesUnknown: true, names: names)
    return try decoder.decode(type)
  }
}
