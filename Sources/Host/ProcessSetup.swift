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

/// Ends the process at once, after writing what was printed. It does not run the exit handlers of C
/// libraries: these would run beside the threads that still use the libraries.
public func endProcess(status: Int32) -> Never {
  fflush(nil)
  _exit(status)
}
