import Glibc

/// A write to a connection whose other end is gone becomes an error of that write; without this it
/// ends the process.
public func ignoreSIGPIPE() {
  signal(SIGPIPE, SIG_IGN)
}

/// Raises the number of files and sockets that may be open to what the system permits.
///
/// - Returns: the limit that holds now.
@discardableResult
public func raiseDescriptorLimit() -> Int {
  let limits = descriptorLimits()
  guard limits.soft < limits.hard else { return limits.soft }
  var wanted = rlimit(rlim_cur: rlim_t(limits.hard), rlim_max: rlim_t(limits.hard))
  unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &wanted)
  return descriptorLimits().soft
}

func descriptorLimits() -> (soft: Int, hard: Int) {
  var limits = rlimit()
  guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else {
    return (0, 0)
  }
  return (Int(clamping: limits.rlim_cur), Int(clamping: limits.rlim_max))
}

/// Writes a line to standard error at once, after what was printed; `print` would buffer it.
public func standardError(_ line: String) {
  fflush(nil)
  let bytes = Array((line + "\n").utf8)
  _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Writes a line to standard output at once.
///
/// - Throws: the system's error, when it takes no more.
public func standardOutput(_ line: String) throws(SmallFile.Failure) {
  try ByteStream(descriptor: dup(STDOUT_FILENO)).write(Array((line + "\n").utf8))
}

/// What the system says of an error's number: `Address already in use`.
public func systemMessage(of number: Int32) -> String {
  var text = [CChar](repeating: 0, count: 256)
  guard unsafe strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
  return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// Ends the process at once, after what was printed: handlers that C libraries leave for the exit
/// would run beside the threads that still use them.
public func endProcess(status: Int32) -> Never {
  fflush(nil)
  _exit(status)
}
