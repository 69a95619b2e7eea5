import Logging
import Mongo
import Postgres

/// Runs steps that are tried again soon in any case, and logs what fails, each failure once a minute.
/// Stores that are away are logged elsewhere.
struct Attempts: Sendable {
  private let mongo: MongoClient
  private let log: Logger
  private var notices = OutageNotices()

  init(mongo: MongoClient, log: Logger) {
    self.mongo = mongo
    self.log = log
  }

  /// - Parameter failure: what the log says if the step fails.
  mutating func run(_ failure: Logger.Message, _ step: () async throws -> Void) async {
    do {
      try await step()
    } catch {
      let isOfItsOwn =
        switch error {
        case let error as PostgresError: error.kind == .server || error.kind == .decoding
        case is MongoError: mongo.isUp
        default: true
        }
      let isNews = !Task.isCancelled && isOfItsOwn && notices.isNews("\(failure) \(error)")
      log.log(level: isNews ? .warning : .debug, failure, metadata: ["error": "\(error)"])
    }
  }
}
