import Foundation

/// PostgreSQL's own tools on the daemon's database.
struct Postgres: Sendable {
  private let environment: [String: String]
  private let psql: String
  private let pgbench: String
  private let scratch: Scratch

  /// - Parameter url: a `postgresql://` URL; the tools get its parts by their environment.
  init(url: String, timeZone: String, scratch: Scratch) throws {
    guard let parts = URLComponents(string: url) else { throw Failure("DATABASE_URL is no URL") }
    var environment = [
      "PGTZ": timeZone, "PGAPPNAME": "clinic-bench",
      "PGDATABASE": String(parts.path.dropFirst()),
      "PGHOST": parts.queryItems?.first { $0.name == "host" }?.value ?? parts.host ?? "",
    ]
    environment["PGUSER"] = parts.user
    environment["PGPASSWORD"] = parts.password
    environment["PGPORT"] = parts.port.map(String.init)
    self.environment = environment
    self.scratch = scratch
    let installed =
      (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    let folders = installed.sorted().reversed().map { "/usr/lib/postgresql/\($0)/bin" }
    psql = try Program.find("psql", beside: folders)
    pgbench = try Program.find("pgbench", beside: folders)
  }

  /// Runs SQL; what it prints comes back without headings, columns separated by `|`.
  @discardableResult
  func run(_ sql: String) async throws -> String {
    let output = try await Program.run(
      psql, ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"],
      input: sql, environment: environment, scratch: scratch)
    return output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func number(_ sql: String) async throws -> Int {
    let text = try await run(sql)
    guard let number = Int(text) else { throw Failure("PostgreSQL said: \(text.prefix(200))") }
    return number
  }

  /// One kind of transaction over and over, by as many clients.
  struct Load: Sendable {
    /// The scripts, with the share of each.
    var scripts: [(text: String, weight: Int)]
    var clients: Int
    var seconds: Double
    var variables: [String: String] = [:]
  }

  /// - Returns: transactions per second.
  func transactions(_ load: Load) async throws -> Double {
    var arguments = [
      "--no-vacuum", "--protocol=prepared", "--client=\(load.clients)",
      "--jobs=\(min(2, load.clients))", "--time=\(max(1, Int(load.seconds.rounded())))",
    ]
    for (index, script) in load.scripts.enumerated() {
      let file = try scratch.write(script.text, to: "script-\(index).sql")
      arguments.append("--file=\(file)@\(script.weight)")
    }
    for (name, value) in load.variables { arguments.append("--define=\(name)=\(value)") }
    let output = try await Program.run(
      pgbench, arguments, environment: environment, scratch: scratch)
    for line in output.split(separator: "\n") where line.hasPrefix("tps = ") {
      if let rate = line.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) }) {
        return rate
      }
    }
    throw Failure("pgbench said: \(output.suffix(500))")
  }
}
