import Glibc
import Host
import Synchronization
import TestSupport
import Testing

/// A program that a test runs, and may stop, kill and freeze.
final class ChildProcess: Sendable {
  private let command: [String]
  /// What it writes, to both of its outputs, is added to this file.
  let log: String
  private let running = Mutex<pid_t>(0)

  /// - Parameters:
  ///   - environment: all of it; nothing is inherited but the PATH.
  ///   - folder: the program's working directory.
  init(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
    in folder: String, log: String
  ) {
    var environment = environment
    environment["PATH"] = ProcessEnvironment.variables["PATH"]
    let settings = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    command = ["env", "-i", "-C", folder] + settings + [program] + arguments
    self.log = log
  }

  /// 0 when it does not run.
  var id: pid_t { running.withLock { $0 } }

  func start() throws {
    let id = try spawn(command, log: log)
    running.withLock { $0 = id }
  }

  func signal(_ signal: Int32) {
    let id = id
    if id > 0 { kill(id, signal) }
  }

  /// Whether it ended by itself. Then it is gone.
  var hasEnded: Bool {
    running.withLock { id in
      guard id > 0, waitpid(id, nil, WNOHANG) == id else { return false }
      id = 0
      return true
    }
  }

  /// Ends it and waits until it is gone.
  func stop(_ signal: Int32 = SIGKILL) async {
    let deadline = ContinuousClock.now + .seconds(30)
    self.signal(signal)
    // A frozen one sees no other signal.
    self.signal(SIGCONT)
    while id > 0, !hasEnded {
      if ContinuousClock.now > deadline { self.signal(SIGKILL) }
      try? await untilNextLook()
    }
  }

  /// What it has written so far.
  var output: String {
    String(decoding: (try? SmallFile.read(log, limit: 64 << 20)) ?? [], as: UTF8.self)
  }
}

/// Starts a program of the PATH.
private func spawn(_ command: [String], log: String) throws -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  unsafe posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
  unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
  // The threads that tests run on block signals; the program is to hear them.
  var attributes = posix_spawnattr_t()
  var noSignal = sigset_t()
  unsafe sigemptyset(&noSignal)
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  unsafe posix_spawnattr_setsigmask(&attributes, &noSignal)
  unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
  var arguments: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) }
  unsafe arguments.append(nil)
  defer { while let argument = unsafe arguments.popLast() { unsafe free(argument) } }
  var id: pid_t = 0
  let status = unsafe posix_spawnp(
    &id, command[0], &actions, &attributes, arguments, environ)
  try #require(status == 0, "\(command[0]) cannot be started")
  return id
}

/// A folder of a test's own.
enum TemporaryFolder {
  static func make() throws -> String {
    var template = Array("/tmp/clinic-test.XXXXXX".utf8CString)
    let isMade = unsafe mkdtemp(&template) != nil
    try #require(isMade)
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  static func remove(_ path: String) async {
    guard let id = try? spawn(["rm", "-rf", path], log: "/dev/null") else { return }
    while waitpid(id, nil, WNOHANG) == 0 { try? await untilNextLook() }
  }

  /// Another name of a file.
  static func link(_ name: String, to path: String) throws {
    let isMade = unsafe symlink(path, name) == 0
    try #require(isMade)
  }
}

/// How a child ended; it can still be waited for afterwards.
func exitStatus(
  of process: ChildProcess, within limit: Duration = .seconds(30)
) async throws -> Int32 {
  let id = process.id
  return try await awaited(within: limit, "the process ends") {
    var info = unsafe siginfo_t()
    let status = unsafe waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT)
    guard status == 0, unsafe info._sifields._sigchld.si_pid == id else { return nil }
    // A signal's number is no exit status.
    return unsafe info.si_code == CLD_EXITED ? info._sifields._sigchld.si_status : -1
  }
}

/// Runs a program of the build to its end.
///
/// - Returns: its exit status and what it wrote, to either output.
func finished(
  _ program: String, _ arguments: [String], environment: [String: String] = [:],
  in folder: String, within limit: Duration = .seconds(60)
) async throws -> (status: Int32, output: String) {
  let process = ChildProcess(
    try testSetting("CLINIC_TEST_BIN") + "/" + program, arguments, environment: environment,
    in: folder, log: "\(folder)/\(program).\(UInt64.random(in: 0 ... .max))")
  try process.start()
  do {
    let status = try await exitStatus(of: process, within: limit)
    await process.stop()
    return (status, process.output)
  } catch {
    await process.stop()
    throw error
  }
}
