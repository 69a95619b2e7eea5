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

  @Test func figuresOfThisProcess() {
    let before = ProcessFigures.current()
    #expect(before.residentBytes > 1_000_000)
    #expect(before.openDescriptors >= 3)
    #expect(before.descriptorLimit >= before.openDescriptors)
    var figures = before
    while figures.cpuTime - before.cpuTime < .milliseconds(2) { figures = .current() }
    #expect(figures.userTime >= before.userTime && figures.systemTime >= before.systemTime)
  }

  @Test func theDescriptorLimitIsAtMostRaised() {
    let before = ProcessFigures.current().descriptorLimit
    let raised = raiseDescriptorLimit()
    #expect(raised >= before)
    #expect(raised == ProcessFigures.current().descriptorLimit)
    #expect(raiseDescriptorLimit() == raised)
  }

  @Test("a new name stands for a whole file or for none, and is taken from nobody")
  func movesToNewName() async throws {
    let folder = try TemporaryFolder.make()
    let (first, second, name) = ("\(folder)/first", "\(folder)/second", "\(folder)/name")
    #expect(throws: SmallFile.Failure.self) { try SmallFile.move(first, toNew: name) }
    #expect(SmallFile.names(in: folder).isEmpty, "nothing empty is left")
    try SmallFile.write([1], to: first)
    try SmallFile.write([2], to: second)
    try SmallFile.move(first, toNew: name)
    let taken = #expect(throws: SmallFile.Failure.self) { try SmallFile.move(second, toNew: name) }
    #expect(taken?.isTaken == true)
    #expect(SmallFile.names(in: folder) == ["name", "second"])
    #expect(try SmallFile.read(name) == [1])
    await TemporaryFolder.remove(folder)
  }

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
