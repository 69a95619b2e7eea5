import CSystemd
import Glibc

/// Tells systemd how the service is (`sd_notify`). Does nothing when systemd did not ask for it.
public struct SystemdNotifier: Sendable {
  /// Whether `NOTIFY_SOCKET` is set: systemd, or whoever started the process, listens.
  public let isEnabled: Bool

  public init() { unsafe isEnabled = getenv("NOTIFY_SOCKET") != nil }

  /// The longest silence systemd allows; nil without `WatchdogSec=`. Call ``watchdog()`` at half of
  /// it.
  public static var watchdogInterval: Duration? {
    var microseconds: UInt64 = 0
    guard unsafe sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
    return .microseconds(Int64(clamping: microseconds))
  }

  /// The service answers, or has finished reloading.
  public func ready() { send("READY=1") }

  /// The service is ready and says in the same message how it is.
  public func ready(status: String) { send("READY=1\nSTATUS=\(oneLine(status))") }

  /// One line on how the service is, for `systemctl status`.
  public func status(_ line: String) { send("STATUS=\(oneLine(line))") }

  /// A sign of life.
  public func watchdog() { send("WATCHDOG=1") }

  /// The configuration is being read again; ``ready()`` ends it.
  public func reloading() {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    // systemd 253 and later match a reload with this time; earlier ones ignore it.
    send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1_000)")
  }

  /// The service has begun to stop.
  public func stopping() { send("STOPPING=1") }

  /// Starting or stopping takes longer: systemd should wait for that much more, from now.
  public func extendTimeout(by duration: Duration) {
    send("EXTEND_TIMEOUT_USEC=\(microseconds(duration))")
  }

  /// Waits until systemd has read everything that was sent, so that a process that ends at once
  /// loses nothing. False when systemd did not within `timeout`.
  @discardableResult
  public func flush(timeout: Duration = .seconds(1)) -> Bool {
    guard isEnabled else { return true }
    return sd_notify_barrier(0, microseconds(timeout)) > 0
  }

  private func send(_ message: String) {
    guard isEnabled else { return }
    unsafe sd_notify(0, message)
  }

  private func microseconds(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = max(duration, .zero).components
    return UInt64(clamping: seconds) &* 1_000_000
      &+ UInt64(clamping: attoseconds / 1_000_000_000_000)
  }

  /// A line break would start another assignment.
  private func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}
