import JSONRPC

@testable import RPCServer

/// Does by hand for a `ConnectionState` what a connection does.
struct StateDriver {
  var state: ConnectionState
  private(set) var started: [String] = []
  private(set) var cancelled: [String] = []
  private(set) var isFinished = false
  private(set) var output = ""
  private var slots: [String: Int] = [:]

  init(_ change: (inout Limits) -> Void = { _ in }) {
    var limits = Limits()
    change(&limits)
    state = ConnectionState(limits: limits)
  }

  mutating func receive(_ text: String) {
    receive(Array(text.utf8))
  }

  mutating func receive(_ bytes: [UInt8]) {
    state.receive(bytes.span)
    work()
  }

  mutating func call(_ method: String, id: String = "1") {
    receive(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)"}"# + "\n")
  }

  mutating func complete(_ method: String, _ result: String = "null") {
    guard let slot = slots.removeValue(forKey: method) else { return }
    state.complete(slot, with: .result(Array(result.utf8)))
    work()
  }

  mutating func work() {
    while let action = state.next(profile: {
      CallProfile(isBarrier: $0.hasPrefix("auth."))
    }) {
      switch action {
      case .start(let start):
        started.append(start.call.method)
        slots[start.call.method] = start.slot
      case .cancel(let slot):
        cancelled += slots.filter { $0.value == slot }.map(\.key)
      case .finish:
        isFinished = true
      }
    }
    output += String(decoding: state.takeOutput(), as: UTF8.self)
  }
}

extension String {
  func count(of part: String) -> Int {
    split(separator: part, omittingEmptySubsequences: false).count - 1
  }
}
