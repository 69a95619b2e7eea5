/// The waiting tokens, kept sorted by their places.
struct WaitingLine: Sendable {
  private var places: [Place] = []
  private var placeOf: [Int: Place] = [:]

  var count: Int { places.count }

  mutating func insert(_ place: Place) {
    places.insert(place, at: lowerBound(of: place))
    placeOf[place.number] = place
  }

  mutating func remove(_ number: Int) {
    guard let place = placeOf.removeValue(forKey: number) else { return }
    places.remove(at: lowerBound(of: place))
  }

  /// The index of the first place that does not come before `place`.
  private func lowerBound(of place: Place) -> Int {
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle] < place { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension WaitingLine: Sequence {
  func makeIterator() -> Array<Place>.Iterator { places.makeIterator() }
}
