internal import Glibc

/// Looks host names up, each on a thread that lives as long as the question.
enum Resolver {
  /// Calls `answer` on the new thread; with nothing when the name is unknown.
  static func resolve(
    host: String, port: UInt16, _ answer: @escaping @Sendable ([SocketAddress]) -> Void
  ) {
    let question = Question {
      answer(SocketAddress.resolve(host: host, port: port, numericOnly: false))
    }
    var id = pthread_t()
    let argument = unsafe Unmanaged.passRetained(question)
    let status = unsafe pthread_create(
      &id, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Question>.fromOpaque(argument).takeRetainedValue().ask()
        }
        return nil
      }, argument.toOpaque())
    if status == 0 {
      pthread_detach(id)
    } else {
      unsafe argument.release()
      answer([])
    }
  }

  private final class Question: Sendable {
    let ask: @Sendable () -> Void

    init(_ ask: @escaping @Sendable () -> Void) { self.ask = ask }
  }
}
