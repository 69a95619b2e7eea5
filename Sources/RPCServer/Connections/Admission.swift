import JSONRPC
import Synchronization

/// Counts connections, in all and of each peer.
final class Admission: Sendable {
  enum Answer {
    case admitted
    /// - mayLinger: false when so many refused connections linger already that this one is closed
    ///   at once.
    case refused(RPCError, mayLinger: Bool)
  }

  private enum Peer: Hashable {
    case uid(UInt32)
    /// An address as limits count it: IPv6 by its /64.
    case network(String)

    var isLocal: Bool {
      if case .uid = self { true } else { false }
    }

    init(_ transport: Transport) {
      switch transport {
      case .unix(let uid, _, _, _): self = .uid(uid)
      case .tcp(let address), .tls(let address, _): self = .network(transport.network ?? address)
      }
    }
  }

  private struct Counts {
    var total = 0
    var local = 0
    var peers: [Peer: Int] = [:]
    var refused = 0
    var refusedEver = 0
  }
  private let counts = Mutex(Counts())

  func admit(_ transport: Transport, limits: Limits) -> Answer {
    let peer = Peer(transport)
    return counts.withLock { counts in
      let ofPeer = counts.peers[peer, default: 0]
      let error: RPCError
      // However many come from the network, there is some room for those on this host.
      let rest = peer.isLocal ? limits.connections / 16 : 0
      if counts.total >= limits.connections + rest
        || peer.isLocal && counts.local >= limits.connections
      {
        error = .tooManyConnections(limit: limits.connections, actual: counts.total + 1)
      } else if ofPeer >= limits.connectionsPerPeer {
        error = .tooManyConnections(limit: limits.connectionsPerPeer, actual: ofPeer + 1)
      } else {
        counts.total += 1
        if peer.isLocal { counts.local += 1 }
        counts.peers[peer] = ofPeer + 1
        return .admitted
      }
      counts.refused += 1
      counts.refusedEver += 1
      return .refused(error, mayLinger: counts.refused <= limits.connectionsPerPeer)
    }
  }

  func release(_ transport: Transport) {
    let peer = Peer(transport)
    counts.withLock { counts in
      counts.total -= 1
      if peer.isLocal { counts.local -= 1 }
      let left = counts.peers[peer, default: 1] - 1
      counts.peers[peer] = left > 0 ? left : nil
    }
  }

  func releaseRefused() {
    counts.withLock { $0.refused -= 1 }
  }

  /// Connections now, and how many were ever refused.
  var statistics: (connections: Int, refused: Int) {
    counts.withLock { ($0.total, $0.refusedEver) }
  }
}
