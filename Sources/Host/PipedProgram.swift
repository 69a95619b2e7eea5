import Glibc
import Synchronization

/// A program that runs beside this one, at the other end of a pipe. It shares the standard error.
public final class PipedProgram {
  public enum Direction { case reading, writing }

  /// The pipe from its standard output, or to its standard input.
  public let stream: ByteStream
  public let process: Process

  /// The running program; any thread may end it.
  public final class Process: Sendable {
    /// 0 when it has ended: the number may be another program's then.
    private let id: Mutex<pid_t>

    fileprivate init(_ id: pid_t) { self.id = Mutex(id) }

    /// Asks the program to end.
    public func stop() {
      id.withLock { id in if id > 0 { kill(id, SIGTERM) } }
    }

    fileprivate func wait() -> Int32 {
      let running = id.withLock(\.self)
      var info = unsafe siginfo_t()
      while unsafe waitid(P_PID, id_t(running), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
      return id.withLock { id in
        var status: Int32 = 0
        unsafe waitpid(id, &status, 0)
        id = 0
        return status
      }
    }
  }

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
    // The threads of this process may block signals; the program is to hear them.
    var attributes = posix_spawnattr_t()
    var noSignal = sigset_t()
    unsafe sigemptyset(&noSignal)
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setsigmask(&attributes, &noSignal)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let settings = ProcessEnvironment.variables.merging(environment) { $1 }
    var texts = unsafe ([name] + arguments).map { unsafe strdup($0) } + [nil]
    var variables = unsafe settings.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer {
      while let text = unsafe texts.popLast() { unsafe free(text) }
      while let variable = unsafe variables.popLast() { unsafe free(variable) }
    }
    var id: pid_t = 0
    let status = unsafe posix_spawnp(&id, name, &actions, &attributes, &texts, &variables)
    guard status == 0 else { throw SmallFile.Failure(number: status) }
    process = Process(id)
  }

  /// Closes the pipe and waits for the program's end.
  ///
  /// - Returns: its exit status; 128 and more for a signal.
  public func finish() -> Int32 {
    stream.close()
    let status = process.wait()
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
  }
}
