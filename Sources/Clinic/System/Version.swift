import JSONRPC

/// Names the daemon and the clinic, so that a program knows what it talks to.
package struct Version: Query {
  package struct Result: Codable, Sendable {
    let name: String
    let version: String
    /// The clinic's name, and the IANA name of the zone that decides its day and its clocks.
    let clinic: String
    let timeZone: String
    /// By what patients with an appointment stand in the queue (rule 26).
    let appointmentsBy: Order
  }

  /// A patient's arrival, or the start of the appointment's slot.
  package enum Order: String, Codable, Sendable, CaseIterable, JSONSchemaRepresentable {
    case arrival, slot
  }
  package static let name = "system.version"
  package static let summary = "Names the daemon, its version, the clinic and its time zone."
  package static let roles = Roles.withoutLogin

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    Result(
      name: "clinicd", version: Settings.version, clinic: clinic.settings.letterhead.name,
      timeZone: clinic.settings.timeZone,
      appointmentsBy: clinic.settings.queue.ordersBySlot ? .slot : .arrival)
  }
}
