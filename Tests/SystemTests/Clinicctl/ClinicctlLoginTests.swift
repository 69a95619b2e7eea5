import Host
import RPCClient
import Testing

@testable import clinicctl

@Suite struct ClinicctlLoginTests {
  private let folder = "/tmp/clinicctl-test-\(UInt64.random(in: 0..<(.max)))"
  private let here = Endpoint.unix(path: "/run/A_b/rpc.sock")
  private let there = Endpoint.tcp(host: "clinic.example", port: 7654)

  private func login(_ name: String, at endpoint: Endpoint) -> StoredLogin {
    StoredLogin(
      endpoint: endpoint.description, username: name, accessToken: "a", refreshToken: "r")
  }

  @Test func eachDaemonHasALoginOfItsOwn() throws {
    let store = LoginStore(folder: "\(folder)/deeper")
    #expect(try store.login(at: here) == nil)
    try store.save(login("ana", at: here))
    try store.save(login("bob", at: there))
    try store.save(login("eve", at: here))
    #expect(try store.login(at: here)?.username == "eve")
    #expect(try store.login(at: there)?.username == "bob")
    try store.remove(at: here)
    try store.remove(at: here)
    #expect(try store.login(at: here) == nil)
    #expect(try store.login(at: there) != nil)
    try SmallFile.remove("\(folder)/deeper/session.json")
  }

  @Test func loginsAtTheSameTimeAreAllKept() async throws {
    let store = LoginStore(folder: folder)
    let endpoints = (1...20).map { Endpoint.tcp(host: "clinic-\($0).example", port: 7654) }
    try await withThrowingTaskGroup { group in
      for endpoint in endpoints {
        group.addTask { try store.save(self.login("ana", at: endpoint)) }
      }
      try await group.waitForAll()
    }
    for endpoint in endpoints { #expect(try store.login(at: endpoint) != nil) }
    try SmallFile.remove("\(folder)/session.json")
  }

  @Test func aDamagedFileIsNoReasonToForget() throws {
    let store = LoginStore(folder: folder)
    try SmallFile.makeFolder(folder)
    try SmallFile.write(Array("{".utf8), to: "\(folder)/session.json")
    #expect(throws: Failure.self) { try store.login(at: here) }
    #expect(throws: Failure.self) { try store.save(login("ana", at: here)) }
    try SmallFile.remove("\(folder)/session.json")
  }
}
