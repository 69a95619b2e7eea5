/// The answer to `rpc.discover`: an OpenRPC 1.3.2 document. The same description always gives the
/// same bytes.
public struct OpenRPCDocument: Sendable {
  public var title: String
  public var version: String
  public var description: String?
  public var methods: [MethodDescription]
  public var notifications: [NotificationDescription]

  public init(
    title: String, version: String, description: String? = nil, methods: [MethodDescription],
    notifications: [NotificationDescription] = []
  ) {
    self.title = title
    self.version = version
    self.description = description
    self.methods = methods
    self.notifications = notifications
  }

  /// The document on one line.
  public func json() -> [UInt8] {
    var writer = JSONWriter(capacity: 65_536)
    write(into: &writer)
    return writer.finish()
  }

  public func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("openrpc", "1.3.2")
    writer.key("info")
    writer.beginObject()
    writer.member("title", title)
    writer.member("version", version)
    if let description { writer.member("description", description) }
    writer.endObject()
    writer.key("methods")
    writer.beginArray()
    for method in methods { method.write(into: &writer) }
    writer.endArray()
    if !notifications.isEmpty {
      writer.key("x-notifications")
      writer.beginArray()
      for notification in notifications { notification.write(into: &writer) }
      writer.endArray()
    }
    writer.endObject()
  }
}

extension MethodDescription {
  func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", name)
    writer.member("summary", summary)
    if let description { writer.member("description", description) }
    writeParams(into: &writer)
    if let result {
      writer.key("result")
      writer.beginObject()
      writer.member("name", "result")
      writer.key("schema")
      result.write(into: &writer)
      writer.endObject()
    }
    writeErrors(into: &writer)
    writer.key("x-roles")
    writer.beginArray()
    for role in roles { writer.string(role) }
    writer.endArray()
    for member in extensions {
      writer.key(member.name)
      writer.raw(member.json)
    }
    writer.endObject()
  }

  /// OpenRPC wants required params first. Where the positional order differs from that, the
  /// document promises params by name only.
  private func writeParams(into writer: inout JSONWriter) {
    let byName = params.fields.filter(\.isByNameOnly)
    let required = params.positional.filter(\.isRequired)
    let optional = params.positional.filter { !$0.isRequired }
    let isInOrder =
      params.positional == required + optional && !byName.contains(where: \.isRequired)
    writer.member("paramStructure", isInOrder ? "either" : "by-name")
    writer.key("params")
    writer.beginArray()
    for field in required + byName.filter(\.isRequired) { field.write(into: &writer) }
    for field in optional + byName.filter({ !$0.isRequired }) { field.write(into: &writer) }
    writer.endArray()
  }

  /// OpenRPC wants one error per code; the reasons that share a code stand together.
  private func writeErrors(into writer: inout JSONWriter) {
    guard !errors.isEmpty else { return }
    writer.key("errors")
    writer.beginArray()
    var told: Set<Int> = []
    for code in errors.map(\.code.rawValue) where told.insert(code).inserted {
      let errors = errors.filter { $0.code.rawValue == code }
      writer.beginObject()
      writer.member("code", code)
      writer.member("message", errors.map { $0.message ?? $0.reason }.joined(separator: "; "))
      writer.key("data")
      writer.beginObject()
      writer.key("reasons")
      writer.beginArray()
      for error in errors { writer.string(error.reason) }
      writer.endArray()
      writer.endObject()
      writer.endObject()
    }
    writer.endArray()
  }
}

extension MethodParams.Field {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", name)
    writer.member("required", isRequired)
    writer.key("schema")
    schema.write(into: &writer)
    if isByNameOnly { writer.member("x-by-name-only", true) }
    writer.endObject()
  }
}

extension NotificationDescription {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", name)
    writer.member("summary", summary)
    writer.key("params")
    params.write(into: &writer)
    writer.endObject()
  }
}
