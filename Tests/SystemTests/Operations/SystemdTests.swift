import Glibc
import TestSupport
import Testing

@testable import Systemd

@Suite struct SystemdTests {
  @Test(arguments: ["MESSAGE", "RPC_METHOD", "CODE_FILE", "A1", String(repeating: "A", count: 64)])
  func acceptsTheJournalsNames(_ name: String) { #expect(JournalWriter.isFieldName(name)) }

  @Test(arguments: [
    "", "_PID", "1A", "rpc_method", "RPC.METHOD", "A=B", "A\nB", "É",
    String(repeating: "A", count: 65),
  ])
  func refusesOtherNames(_ name: String) { #expect(!JournalWriter.isFieldName(name)) }

  @Test("an entry has its fields as the journal reads them; one that takes nothing holds nobody up")
  func journalEntries() async throws {
    let folder = try TemporaryFolder.make()
    let reader = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(reader) }
    try bindUnix(reader, to: "\(folder)/journal")
    let journal = JournalWriter(identifier: "test", path: "\(folder)/journal")
    let fields = [("LINES", "a\nb"), ("wrong", "x"), ("EMPTY", "")]
    #expect(journal.write(priority: .notice, message: "grüß", fields: fields))
    var bytes = [UInt8](repeating: 0, count: 1000)
    let size = unsafe recv(reader, &bytes, bytes.count, 0)
    #expect(
      String(decoding: bytes.prefix(max(0, size)), as: UTF8.self)
        == "MESSAGE=grüß\nPRIORITY=5\nSYSLOG_IDENTIFIER=test\n"
        + "LINES\n\u{3}\0\0\0\0\0\0\0a\nb\nEMPTY=\n")
    var taken = 0
    while journal.write(priority: .debug, message: "again") { taken += 1 }
    #expect(taken > 0)
    await TemporaryFolder.remove(folder)
    #expect(!journal.write(priority: .debug, message: "there is none"))
  }

  @Test func aDescriptorThatIsNoSocket() {
    #expect(!JournalWriter.isConnected(standardError: 2, to: "0:0"))
    #expect(!JournalWriter.isConnected(standardError: -1, to: "8:1"))
  }
}
