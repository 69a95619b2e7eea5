/// What one connection takes of the memory for replies that clients have not taken.
struct UnreadShare {
  private var ofStranger = MemoryBudget.Share()
  private var ofKnown = MemoryBudget.Share()

  /// Takes note of how many bytes the client has not taken.
  ///
  /// - Parameter isKnown: whether the client is authenticated.
  /// - Returns: whether there is room for them.
  mutating func settle(_ bytes: Int, isKnown: Bool, on server: ServerCore) -> Bool {
    let strangers = server.unreadOfStrangers.settle(
      &ofStranger, at: isKnown ? 0 : bytes, limit: server.limits.unreadBytesOfStrangers)
    let known = server.unreadOfKnown.settle(
      &ofKnown, at: isKnown ? bytes : 0, limit: server.limits.unreadBytes)
    return strangers && known
  }
}
