enum Pause {
  /// Until a condition is looked at again.
  static func short() async { try? await Task.sleep(for: .milliseconds(5)) }
}
