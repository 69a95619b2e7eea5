import Glibc

/// What this process uses, for metrics.
public struct ProcessFigures: Sendable, Hashable {
  /// Memory that is in RAM, in bytes.
  public var residentBytes: Int
  /// Processor time spent in the program itself.
  public var userTime: Duration
  /// Processor time the kernel spent for it.
  public var systemTime: Duration
  /// Open files and sockets.
  public var openDescriptors: Int
  /// The limit on open descriptors.
  public var descriptorLimit: Int

  public var cpuTime: Duration { userTime + systemTime }

  /// The figures of this moment. What the kernel does not tell is zero.
  public static func current() -> ProcessFigures {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return ProcessFigures(
      residentBytes: residentPages() * Int(sysconf(Int32(_SC_PAGESIZE))),
      userTime: Duration(usage.ru_utime), systemTime: Duration(usage.ru_stime),
      openDescriptors: countDescriptors(), descriptorLimit: descriptorLimits().soft)
  }

  /// The second number of `/proc/self/statm`.
  private static func residentPages() -> Int {
    let descriptor = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    let text = unsafe withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
      let count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
      return unsafe String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }
    let numbers = text.split(separator: " ")
    return numbers.count > 1 ? Int(numbers[1]) ?? 0 : 0
  }

  private static func countDescriptors() -> Int {
    guard let directory = unsafe opendir("/proc/self/fd") else { return 0 }
    defer { unsafe closedir(directory) }
    var count = 0
    while let entry = unsafe readdir(directory) {
      if unsafe entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
    }
    // The directory itself was open while it was read.
    return max(count - 1, 0)
  }
}

extension Duration {
  fileprivate init(_ time: timeval) {
    self = .seconds(time.tv_sec) + .microseconds(time.tv_usec)
  }
}
