import ArgumentParser
import Clinic
import JSONRPC
import Terminal

/// Brings the database's schema to what this version needs; works without a daemon.
struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Bring the database's schema up, back, or show where it is.",
    discussion: """
      Talks to PostgreSQL itself, at $DATABASE_URL or where the installed service is told to.
      """,
    subcommands: [Up.self, Down.self, Status.self])

  struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "up", abstract: "Apply what is missing.")

    @OptionGroup var options: MigrationOptions

    func run() async throws {
      let applied = try await options.withMigrator { migrator in
        try await Progress.during("migrating") { try await migrator.up() }
      }
      try options.show(
        applied.map { ($0.number, $0.name, true) },
        sentence: applied.isEmpty
          ? "Nothing to do: the schema is up to date."
          : applied.map { "Applied \($0.number) \($0.name)." }.joined(separator: "\n"))
    }
  }

  struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "down", abstract: "Take the newest migration back, with all that it holds.",
      discussion: "No daemon may use the database.")

    @Option(
      help: ArgumentHelp(
        "Take back all that are newer than this one; 0 leaves none.", valueName: "number"))
    var to: Int?

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var options: MigrationOptions

    func validate() throws {
      if let to, to < 0 { throw ValidationError("--to takes a migration's number, or 0.") }
    }

    func run() async throws {
      if !yes {
        let what =
          to.map { "the migrations after \($0) hold" } ?? "the newest migration's tables hold"
        let question = "What \(what) will be lost. Type yes to go on: "
        guard Terminal.isTerminal(.input) else {
          throw Failure.usage("data will be lost; confirm with --yes")
        }
        guard try StandardInput.readLine(prompt: question) == "yes" else {
          throw Failure.failed("nothing was changed")
        }
      }
      let to = to
      let undone = try await options.database.withDatabase { postgres in
        try await postgres.requireNoDaemon()
        let migrator = Migrator(postgres)
        return try await Progress.during("migrating") {
          if let to { try await migrator.down(to: to) } else { [try await migrator.down()] }
        }
      }
      try options.show(
        undone.map { ($0.number, $0.name, false) },
        sentence: undone.isEmpty
          ? "Nothing to do: no migration is newer."
          : undone.map { "Took back \($0.number) \($0.name)." }.joined(separator: "\n"))
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status", abstract: "List the migrations and whether they are applied.")

    @OptionGroup var options: MigrationOptions

    func run() async throws {
      let migrations = try await options.withMigrator { try await $0.status() }
      try options.show(migrations.map { ($0.number, $0.name, $0.isApplied) }, sentence: nil)
    }
  }
}

/// Which database, and how results are shown.
struct MigrationOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOptions

  private var json: Bool { database.json }

  /// Runs `body` while the database is connected.
  ///
  /// - Throws: ``Failure``.
  func withMigrator<Result: Sendable>(
    _ body: @Sendable @escaping (Migrator) async throws -> Result
  ) async throws -> Result {
    try await database.withDatabase { postgres in
      try await body(Migrator(postgres))
    }
  }

  /// Shows migrations: a sentence, or a table without one, to people.
  func show(_ migrations: [(number: Int, name: String, isApplied: Bool)], sentence: String?) throws
  {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("items")
    writer.beginArray()
    for migration in migrations {
      writer.beginObject()
      writer.member("number", migration.number)
      writer.member("name", migration.name)
      writer.member("applied", migration.isApplied)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    let result = try JSONDocument(parsing: writer.bytes).root
    let output = ResultOutput(json: json)
    if let sentence { try output.show(sentence, or: result) } else { try output.show(result) }
  }
}
