package import JSONRPC

/// Describes the methods that the caller may use.
package struct Discover: Query {
  package typealias Result = JSONOf<JSONValue>
  package static let name = "rpc.discover"
  package static let summary = "Describes the methods that the caller may use (OpenRPC)."
  package static let roles = Roles.withoutLogin

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> JSONOf<JSONValue> {
    if let known = clinic.documents.value[caller?.role] { return known }
    let methods = try MethodTable.all().entries.filter { $0.roles.allow(caller?.role) }
    let document = JSONOf<JSONValue>(
      RawJSON(compacting: Self.document(of: methods, version: Settings.version)))
    clinic.documents.value[caller?.role] = document
    return document
  }

  /// The OpenRPC document of some methods.
  package static func document(of methods: [MethodEntry], version: String) -> [UInt8] {
    let canSubscribe = methods.contains { $0.name == SubscribeQueue.name }
    return OpenRPCDocument(
      title: "clinicd", version: version,
      description: "The daemon that runs a clinic. See docs/protocol.md for the wire.",
      methods: methods.map(\.description),
      notifications: canSubscribe ? [queueChanged] : []
    ).json()
  }

  private static let queueChanged = NotificationDescription(
    name: "queue.changed",
    summary: "One version of a queue that this connection follows, or a snapshot of it.",
    params: .object([
      JSONSchema.Property(name: "subscription", schema: .string(), isRequired: true),
      JSONSchema.Property(
        name: "result",
        schema: .object([
          JSONSchema.Property(
            name: "kind", schema: .enumeration(["change", "snapshot", "closed", "shutdown"]),
            isRequired: true),
          JSONSchema.Property(name: "version", schema: .integer(minimum: 0), isRequired: false),
        ]), isRequired: true),
    ]))
}
