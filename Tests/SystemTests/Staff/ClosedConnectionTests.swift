import JSONRPC
import Testing

@testable import Clinic

/// A call may end when its connection is already closed.
@Suite struct ClosedConnectionTests {
  @Test("a login that comes when its connection is closed is not kept")
  func lateLogin() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let departments = try clinic.inProcess()
      let user = ID<User>(rawValue: Int64(member.id))
      try await departments.staff.refresh(user)
      let known = try #require(departments.staff.member(user))
      let now = Instant.now
      let token = AccessToken(
        userID: user, loginID: 1, epoch: known.epoch, issuedAt: now,
        expiresAt: now.adding(seconds: 60))
      weak var kept: Session?
      do {
        let session = Session(id: 1, transport: .tcp(address: "127.0.0.1"))
        kept = session
        departments.sessions.opened(session)
        departments.sessions.closed(session)
        _ = try departments.sessions.bind(session, to: token)
      }
      #expect(kept == nil)
    }
  }
}
