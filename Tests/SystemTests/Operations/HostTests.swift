import Host
import Testing

@Suite struct HostTests {
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
}
