import Host
import JSONRPC

/// A backup: a line of JSON that says what it is, then what `pg_dump` wrote.
///
/// An encrypted backup begins with a line that has the salt, and goes on with sealed pieces, each
/// with its length before it; together they contain what a plain backup would. In a plain one,
/// everything after the first line (`tail -n +2`) is a dump that `pg_restore` takes.
enum BackupFile {
  /// The first line of an encrypted backup.
  private struct Envelope: Codable {
    var format = BackupManifest.format
    var encryption = "aes-256-gcm"
    var salt: String
  }

  static let damaged = Failure.failed("the backup is damaged, or the key is another one")
  /// Set in the length of the last piece.
  private static let lastMark: UInt32 = 1 << 31

  struct Writer {
    private let file: ByteStream
    private var seal: BackupSeal?
    private var waiting: [UInt8] = []

    /// - Parameter secret: what the backup is encrypted with, if it is.
    init(_ file: ByteStream, secret: [UInt8]?) throws {
      self.file = file
      guard let secret else { return }
      let salt = BackupSeal.randomSalt()
      seal = BackupSeal(secret: secret, salt: salt)
      let envelope = Envelope(salt: salt.hexadecimal)
      try file.write(try JSONValueEncoder().encode(envelope) + [UInt8(ascii: "\n")])
    }

    mutating func write(_ bytes: [UInt8]) throws {
      guard seal != nil else { return try file.write(bytes) }
      waiting += bytes
      while waiting.count > BackupSeal.pieceSize {
        try put(Array(waiting.prefix(BackupSeal.pieceSize)), isLast: false)
        waiting.removeFirst(BackupSeal.pieceSize)
      }
    }

    /// Returns when the whole backup is on the disk.
    mutating func finish() throws {
      if seal != nil { try put(waiting, isLast: true) }
      try file.sync()
    }

    private mutating func put(_ piece: [UInt8], isLast: Bool) throws {
      guard let sealed = try seal?.seal(piece, isLast: isLast) else { return }
      let length = UInt32(sealed.count) | (isLast ? lastMark : 0)
      try file.write((0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) })
      try file.write(sealed)
    }
  }

  struct Reader {
    private let file: ByteStream
    private var seal: BackupSeal?
    private var waiting: [UInt8] = []
    private var isAtEnd = false
    /// Bytes that were read from the file and not used yet.
    private var ahead: [UInt8] = []
    private(set) var manifest = BackupManifest()

    /// Whether the backup is encrypted, so that nobody without the key can have changed it.
    var isEncrypted: Bool { seal != nil }

    /// - Throws: ``Failure`` when the file is no backup, or is encrypted and there is no secret.
    init(_ file: ByteStream, secret: [UInt8]?) throws {
      self.file = file
      var line = try takeLine()
      if let envelope = try? decode(Envelope.self, line), envelope.format == BackupManifest.format {
        guard let secret else { throw Failure.usage("the backup is encrypted: give --key-file") }
        guard envelope.encryption == "aes-256-gcm", let salt = [UInt8](hexadecimal: envelope.salt),
          salt.count == BackupSeal.saltSize
        else { throw damaged }
        seal = BackupSeal(secret: secret, salt: salt)
        // What was read on after the line is sealed.
        let rest = waiting
        waiting = []
        ahead = rest
        line = try takeLine()
      }
      guard let manifest = try? decode(BackupManifest.self, line),
        manifest.format == BackupManifest.format
      else { throw Failure.failed("this is no backup of clinicd") }
      self.manifest = manifest
    }

    /// The next bytes of the dump; none at its end.
    mutating func read() throws -> [UInt8] {
      if waiting.isEmpty { try fill() }
      defer { waiting = [] }
      return waiting
    }

    private mutating func takeLine() throws -> [UInt8] {
      while true {
        if let end = waiting.firstIndex(of: UInt8(ascii: "\n")) {
          defer { waiting.removeFirst(end + 1) }
          return Array(waiting[..<end])
        }
        let before = waiting.count
        try fill()
        guard waiting.count > before, waiting.count < 4 << 20 else {
          throw Failure.failed("this is no backup of clinicd")
        }
      }
    }

    private mutating func fill() throws {
      guard !isAtEnd else { return }
      guard seal != nil else {
        let bytes = try file.read(BackupSeal.pieceSize)
        isAtEnd = bytes.isEmpty
        waiting += bytes
        return
      }
      let length = try take(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      isAtEnd = length & lastMark != 0
      let count = Int(length & ~lastMark)
      guard (BackupSeal.overhead...BackupSeal.pieceSize + BackupSeal.overhead).contains(count),
        case let sealed = try take(count),
        let piece = try? seal?.open(sealed, isLast: isAtEnd)
      else { throw damaged }
      waiting += piece
      if isAtEnd {
        ahead += try file.read(1)
        guard ahead.isEmpty else { throw damaged }
      }
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
      if ahead.count < count { ahead += try file.read(count - ahead.count) }
      guard ahead.count >= count else { throw damaged }
      defer { ahead.removeFirst(count) }
      return Array(ahead.prefix(count))
    }

    private func decode<Value: Decodable>(_: Value.Type, _ line: [UInt8]) throws -> Value {
      try JSONValueDecoder().decode(Value.self, from: JSONDocument(parsing: line).root)
    }
  }
}
