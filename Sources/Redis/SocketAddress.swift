import Glibc

/// An address that a socket can be connected to.
struct SocketAddress: Sendable {
  let family: Int32
  /// The bytes of the family's `sockaddr`.
  let bytes: [UInt8]

  /// The address of a Unix socket; nil when the path is too long.
  init?(path: String) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { space in
      let path = path.utf8
      // A NUL must follow.
      guard path.count < space.count else { return false }
      unsafe space.copyBytes(from: path)
      return true
    }
    guard fits else { return nil }
    family = AF_UNIX
    bytes = unsafe withUnsafeBytes(of: address) { unsafe Array($0) }
  }

  private init(family: Int32, bytes: [UInt8]) {
    self.family = family
    self.bytes = bytes
  }

  /// The addresses of a host.
  ///
  /// - Parameter numericOnly: asks no name server; the result is empty when `host` is a name.
  ///   Otherwise this blocks for as long as the name servers take.
  static func resolve(host: String, port: UInt16, numericOnly: Bool) -> [SocketAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_family = AF_UNSPEC
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_NUMERICSERV | (numericOnly ? AI_NUMERICHOST : 0)
    var list: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
    defer { unsafe freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var entry = unsafe list
    while let info = unsafe entry?.pointee {
      let bytes = unsafe UnsafeRawBufferPointer(
        start: info.ai_addr, count: Int(info.ai_addrlen))
      addresses.append(
        SocketAddress(family: unsafe info.ai_family, bytes: unsafe Array(bytes)))
      unsafe entry = info.ai_next
    }
    return addresses
  }
}
