/// A queue in an array that is used as a ring.
struct Ring<Element> {
  private var slots: [Element?]
  private var head = 0
  private(set) var count = 0

  init() {
    slots = Array(repeating: nil, count: 16)
  }

  var isEmpty: Bool { count == 0 }

  var first: Element? { slots[head] }

  mutating func append(_ element: Element) {
    if count == slots.count { grow() }
    slots[(head + count) & (slots.count - 1)] = element
    count += 1
  }

  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    defer {
      slots[head] = nil
      head = (head + 1) & (slots.count - 1)
      count -= 1
    }
    return slots[head]
  }

  func contains(where isWanted: (Element) -> Bool) -> Bool {
    slots.contains { slot in slot.map(isWanted) ?? false }
  }

  /// Empties the queue and gives what was in it.
  mutating func removeAll() -> [Element] {
    var elements: [Element] = []
    while let element = popFirst() { elements.append(element) }
    return elements
  }

  mutating func removeAll(where isUnwanted: (Element) -> Bool) {
    for element in removeAll() where !isUnwanted(element) { append(element) }
  }

  /// The number of slots stays a power of two.
  private mutating func grow() {
    let ordered = slots[head...] + slots[..<head]
    slots = Array(ordered) + Array(repeating: nil, count: slots.count)
    head = 0
  }
}
