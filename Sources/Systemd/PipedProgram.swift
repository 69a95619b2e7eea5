import Glibc

/// A program that runs beside this one, at the other end of a pipe. It shares the standard error.
public final class PipedProgram {
  public enum Direction { case reading, writing }

  /// From its standard output, or to its standard input.
  public let stream: ByteStream
  private let id: pid_t

  /// - Parameters:
  ///   - name: looked for in the PATH.
  ///   - environment: added to this process's own.
  /// - Throws: ENOENT when there is no such program.
  public init(
    _ name: String, _ arguments: [String], environment: [String: String], _ direction: Direction
  ) throws(SmallFile.Failure) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw SmallFile.Failure(number: errno) }
    // Neither end is for other programs that are started meanwhile.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (own, other, standard) =
      direction == .reading ? (ends[0], ends[1], STDOUT_FILENO) : (ends[1], ends[0], STDIN_FILENO)
    stream = ByteStream(descriptor: own)
    defer { close(other) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, other, standard)
    let settings = ProcessEnvironment.variables.merging(environment) { $1 }
    var texts = unsafe ([name] + arguments).map { unsafe strdup($0) } + [nil]
    var variables = unsafe settings.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer {
      while let text = unsafe texts.popLast() { unsafe free(text) }
      while let variable = unsafe variables.popLast() { unsafe free(variable) }
    }
    var id: pid_t = 0
    let status = unsafe posix_spawnp(&id, name, &actions, nil, &texts, &variables)
    guard status == 0 else { throw SmallFile.Failure(number: status) }
    self.id = id
  }

  /// Closes the pipe and waits for the program's end.
  ///
  /// - Returns: its exit status; 128 and more for a signal.
  public func finish() -> Int32 {
    stream.close()
    var status: Int32 = 0
    while unsafe waitpid(id, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
  }
}
