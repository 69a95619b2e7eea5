import Host
import Testing

@testable import clinicctl

/// Backups as files, without a database.
@Suite struct BackupSealTests {
  private static let secret = Array("a key of this test alone, 32 bytes or more".utf8)

  private func inFolder(_ body: (String) throws -> Void) async throws {
    let folder = try TemporaryFolder.make()
    do { try body(folder) } catch {
      await TemporaryFolder.remove(folder)
      throw error
    }
    await TemporaryFolder.remove(folder)
  }

  private func write(_ dump: [UInt8], to path: String, secret: [UInt8]?) throws {
    var writer = try BackupFile.Writer(ByteStream(creating: path), secret: secret)
    // The line ends where the first piece does not.
    try writer.write(Array(#"{"format":"clinicd-backup","made_at":"now","schema":7,"#.utf8))
    try writer.write(Array("\"tables\":[],\"audit\":null}\n".utf8))
    for start in stride(from: 0, to: dump.count, by: 700_001) {
      try writer.write(Array(dump[start..<min(start + 700_001, dump.count)]))
    }
    try writer.finish()
  }

  private func read(_ path: String, secret: [UInt8]?) throws -> [UInt8] {
    var reader = try BackupFile.Reader(ByteStream(reading: path), secret: secret)
    #expect(reader.manifest.schema == 7)
    var dump: [UInt8] = []
    while case let piece = try reader.read(), !piece.isEmpty { dump += piece }
    return dump
  }

  @Test(
    "what was written is read",
    arguments: [0, 1, (1 << 20) - 120, 1 << 20, (3 << 20) + 5], [nil, secret])
  func roundTrip(size: Int, secret: [UInt8]?) async throws {
    try await inFolder { folder in
      let dump = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
      try write(dump, to: "\(folder)/backup", secret: secret)
      #expect(try read("\(folder)/backup", secret: secret) == dump)
      let bytes = try SmallFile.read("\(folder)/backup", limit: 8 << 20)
      if size > 1000, secret != nil {
        #expect(bytes.firstRange(of: dump[100..<150]) == nil, "nothing of it stands in the file")
      }
      #expect(throws: SmallFile.Failure.self) { try ByteStream(creating: "\(folder)/backup") }
    }
  }

  @Test("the new backup stays whatever the others are called, and only names of times are removed")
  func keeps() async throws {
    try await inFolder { folder in
      let stays = [
        "clinic-20300101T000000Z.backup", "clinic-before-upgrade.backup", "clinic-zzz.backup.new",
      ]
      let old = ["clinic-20250101T000000Z.backup", "clinic-20250102T000000Z-2.backup"]
      let unfinished = [
        "clinic-20240101T000000Z.backup.1f.new", "clinic-20270101T000000Z.backup.new",
      ]
      let underWay = "clinic-20240101T000000Z.backup.2e.new"
      let made = BackupFolder(folder).paths(at: "2026-01-01T00:00:00Z")[0]
      #expect(made == "\(folder)/clinic-20260101T000000Z.backup")
      for name in stays + old + unfinished { try SmallFile.write([], to: "\(folder)/\(name)") }
      try SmallFile.write([], to: made)
      let writer = try ByteStream(creating: "\(folder)/\(underWay)")
      #expect(BackupFolder(folder).removeAll(but: 2, with: made) == old)
      #expect(
        SmallFile.names(in: folder)
          == (stays + ["clinic-20260101T000000Z.backup", underWay]).sorted())
      writer.close()
      #expect(
        BackupFolder(folder).removeAll(but: 1, with: made) == ["clinic-20300101T000000Z.backup"])
      #expect(SmallFile.exists(made))
      #expect(!SmallFile.exists("\(folder)/\(underWay)"), "nobody writes it any more")
    }
  }

  @Test("a changed, moved, cut or lengthened one is refused, and so is another key")
  func damaged() async throws {
    try await inFolder { folder in
      let path = "\(folder)/backup"
      try write([UInt8](repeating: 5, count: 3 << 20), to: path, secret: Self.secret)
      let bytes = try SmallFile.read(path, limit: 8 << 20)
      let start = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 1
      let piece = 4 + BackupSeal.pieceSize + BackupSeal.overhead
      var changed = bytes
      changed[bytes.count - 1000] ^= 1
      var unmarked = bytes
      unmarked[start + 3 * piece] ^= 0x80
      let head = Array(bytes[..<start])
      let first = Array(bytes[start..<start + piece])
      let second = Array(bytes[start + piece..<start + 2 * piece])
      let rest = Array(bytes[(start + 2 * piece)...])
      var variants: [[UInt8]] = [changed, unmarked, head, [], Array("no backup\n".utf8)]
      variants.append(head + second + first + rest)
      variants.append(head + first + second)
      variants.append(head + second)
      variants.append(Array(bytes.dropLast()))
      variants.append(bytes + [0])
      for variant in variants {
        try SmallFile.write(variant, to: path)
        #expect(throws: Failure.self) { try read(path, secret: Self.secret) }
      }
      try SmallFile.write(bytes, to: path)
      #expect(throws: Failure.self) { try read(path, secret: Array("another key".utf8)) }
      #expect(throws: Failure.self) { try read(path, secret: nil) }
      #expect(try read(path, secret: Self.secret).count == 3 << 20)
    }
  }
}
