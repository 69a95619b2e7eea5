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

  @Test func aDescriptorThatIsNoSocket() {
    #expect(!JournalWriter.isConnected(standardError: 2, to: "0:0"))
    #expect(!JournalWriter.isConnected(standardError: -1, to: "8:1"))
  }
}
