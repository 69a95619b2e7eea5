/// A transaction that waits for a connection. Used on the loop only.
final class Borrower: @unchecked Sendable {
  let promise = LoopPromise<Wire>()
  var onEnd: (() -> Void)?

  func end(_ outcome: Result<Wire, PostgresError>) {
    onEnd?()
    onEnd = nil
    promise.fulfil(outcome)
  }
}
