extension UInt8 {
  /// Whether it is an ASCII digit.
  var isDigit: Bool { (0x30...0x39).contains(self) }
}

extension Int {
  /// The number with at least `width` digits.
  func padded(_ width: Int) -> String {
    var text = DigitText()
    text.append(self, digits: width)
    return text.description
  }

  /// A number of ASCII digits alone, which an `Int` can hold.
  init?(digits: some Collection<UInt8>) {
    var value = 0
    for byte in digits {
      guard byte.isDigit else { return nil }
      let (shifted, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isPast) = shifted.addingReportingOverflow(Int(byte - 0x30))
      if isTooLarge || isPast { return nil }
      value = sum
    }
    self = value
  }
}

extension Int64 {
  /// A number of ASCII digits alone, without a sign; nil for one that is too large.
  init?(digits: some StringProtocol) {
    guard digits.utf8.allSatisfy(\.isDigit) else { return nil }
    self.init(digits)
  }
}
