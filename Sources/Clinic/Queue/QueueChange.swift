/// What one step changed: enough to write it, to publish it and to repeat it elsewhere.
package struct QueueChange: Sendable, Equatable {
  package var version: Int64
  /// The tokens that moved, the one that the step was about first.
  package var tokens: [QueueToken]
  /// Numbers of the tokens that were passed over once more.
  package var passedOver: [Int] = []
  /// Numbers of the recalled tokens that have one call less to wait for.
  package var waitedOut: [Int] = []
}
