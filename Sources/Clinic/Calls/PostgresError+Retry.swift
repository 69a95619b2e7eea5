import Postgres

extension PostgresError {
  /// Whether it concerns one statement, and the connection goes on.
  var isOfStatement: Bool {
    switch kind {
    case .server, .cancelled, .timedOut, .decoding: true
    case .unavailable, .connectionLost, .outcomeUnknown: false
    }
  }

  /// Whether a lock could not be had in time, or at once.
  var isLockTimeout: Bool { sqlState == "55P03" }

  /// Whether a repetition may succeed, or give a clear answer: after a deadlock, a serialization
  /// failure, a lock that could not be had, or a key that another call has just used.
  var isRetriable: Bool {
    ["40P01", "40001", "55P03"].contains(sqlState) || constraint == "idempotency_keys_pkey"
  }
}
