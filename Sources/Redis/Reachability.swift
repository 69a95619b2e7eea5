/// Whether a store answered when it was last asked.
public enum Reachability: Sendable, Hashable {
  case up
  case down
}
