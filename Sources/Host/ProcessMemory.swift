import CMalloc
import Glibc

/// Gives memory back that the process can do without.
public enum ProcessMemory {
  /// Lets the allocator keep up to `bytes` of freed memory per heap until ``trim()``, so that large
  /// replies do not return and re-request it each time.
  public static func keep(_ bytes: Int32) {
    mallopt(M_TRIM_THRESHOLD, bytes)
    // Larger blocks than this have no place in a heap.
    mallopt(M_MMAP_THRESHOLD, bytes)
  }

  /// Gives back what the allocator keeps for later.
  public static func trim() {
    malloc_trim(0)
  }

  /// Drops code pages from memory. Most were needed only at start-up; the rest are faulted in again
  /// from the page cache.
  public static func forgetCode() {
    guard let maps = try? SmallFile.read("/proc/self/maps") else { return }
    for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
      // 55d0c9a00000-55d0cb1c9000 r-xp 00a00000 fe:01 1234  /usr/local/sbin/clinicd
      let fields = line.split(separator: " ", maxSplits: 5)
      guard fields.count == 6, fields[1] == "r-xp", fields[5].contains("/") else { continue }
      let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      guard ends.count == 2, ends[0] < ends[1] else { continue }
      unsafe madvise(
        UnsafeMutableRawPointer(bitPattern: ends[0]), Int(ends[1] - ends[0]), MADV_DONTNEED)
    }
  }
}
