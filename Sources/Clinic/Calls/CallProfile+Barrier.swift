import JSONRPC

extension CallProfile {
  /// Calls after it on the same connection run with its outcome.
  static let barrier = CallProfile(isBarrier: true)
}
