import Glibc
import TestSupport
import Testing

/// A server of a test's own, which the test may stop, kill and freeze.
@safe final class ServerProcess: Sendable {
  let program: String
  let arguments: [String]
  let directory: String
  private let process = Process()

  /// The one process that runs now; 0 when there is none.
  private actor Process {
    var id: pid_t = 0
    func set(_ id: pid_t) { self.id = id }
  }

  /// - Parameter directory: an empty folder, which is the server's working directory.
  init(_ program: String, _ arguments: [String], in directory: String) {
    self.program = program
    self.arguments = arguments
    self.directory = directory
  }

  func start() async throws {
    await process.set(try spawn(["env", "-C", directory, program] + arguments))
  }

  func signal(_ signal: Int32) async {
    let id = await process.id
    if id > 0 { kill(id, signal) }
  }

  /// Ends the server and waits until it is gone.
  func stop(_ signal: Int32 = SIGKILL) async {
    let id = await process.id
    guard id > 0 else { return }
    kill(id, signal)
    // A frozen one sees no other signal.
    kill(id, SIGCONT)
    // Other tests need this thread meanwhile.
    while waitpid(id, nil, WNOHANG) == 0 { try? await untilNextLook() }
    await process.set(0)
  }
}

/// Runs a test with an empty folder of its own.
func withTemporaryFolder<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Result
) async throws -> Result {
  var template = Array("/tmp/clinic-test.XXXXXX".utf8CString)
  let made = unsafe mkdtemp(&template) != nil
  try #require(made)
  let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  defer { removeFolder(path) }
  return try await body(path)
}

private func removeFolder(_ path: String) {
  if let id = try? spawn(["rm", "-rf", path]) { waitpid(id, nil, 0) }
}

/// Starts a program of the PATH, which is silent.
private func spawn(_ command: [String]) throws -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
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
