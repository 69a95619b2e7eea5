package import JSONRPC

/// Ends a subscription of this connection.
package struct UnsubscribeQueue: SessionMethod {
  package typealias Result = Done
  package static let name = "queue.unsubscribe"
  package static let summary = "Ends a subscription of this connection."
  package static let roles = Roles.only(.doctor, .reception, .kiosk, .display)
  package static let errors: [Reason] = [.notFound]
  package static let profile = CallProfile(needsConnection: true)

  package let subscription: Line

  package func run(on session: Session, of clinic: Clinic) async throws -> Done {
    guard clinic.hub.unsubscribe(session, id: subscription.rawValue) else {
      throw ClinicError.notFound("subscription", subscription.rawValue)
    }
    return Done()
  }
}
