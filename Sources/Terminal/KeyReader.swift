import Dispatch
import Glibc

/// Reads single keys on a queue of its own, until the input ends or `end` is called.
///
/// libdispatch's sources may be used from any thread, though they do not say so in Swift.
final class KeyReader: @unchecked Sendable {
  private let source: any DispatchSourceRead

  init(_ handle: @escaping @Sendable (UInt8) -> Void) {
    source = DispatchSource.makeReadSource(
      fileDescriptor: STDIN_FILENO, queue: DispatchQueue(label: "keys"))
    source.setEventHandler { [weak self] in
      var key: UInt8 = 0
      if unsafe read(STDIN_FILENO, &key, 1) == 1 {
        handle(key)
      } else {
        self?.end()
      }
    }
    source.resume()
  }

  func end() { source.cancel() }
}
