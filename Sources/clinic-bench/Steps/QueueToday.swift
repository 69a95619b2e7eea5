import NIOCore

/// `queue.today` of 320 tokens as boards see it, beside a GET of as many bytes from Redis.
enum QueueToday {
  static func measure(_ setting: Setting) async throws -> [Finding] {
    try await ClinicDay(in: setting).open()
    let login = try await setting.login(as: "display")
    let call = Request.line("queue.today")
    let bytes = try await size(of: call, after: login, setting)
    let limit = try await redis(bytes, setting)
    var findings = try await setting.scale("queue.today, 320 tokens", [call], opening: [login])
    findings[Setting.main].compare(with: "GET from Redis", limit, atLeast: 0.5, cpu: 60)
    findings[Setting.main].note = "\(bytes) bytes"
    return findings
  }

  private static func size(
    of call: ByteBuffer, after login: ByteBuffer, _ setting: Setting
  ) async throws -> Int {
    try await LoadGenerator.with(setting.socket, connections: 1, opening: [login]) { generator in
      try await generator.ask(call).readableBytes
    }
  }

  /// GETs per second of a value of so many bytes.
  private static func redis(_ bytes: Int, _ setting: Setting) async throws -> Double {
    let key = Array("clinic-bench:board".utf8)
    let value = [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
    let opening = [
      Request.redis([Array("AUTH".utf8), Array(setting.redis.password.utf8)]),
      Request.redis([Array("SET".utf8), key, value, Array("EX".utf8), Array("600".utf8)]),
    ]
    let get = Request.redis([Array("GET".utf8), key])
    let reply = ReplyFraming.bytes("$\(bytes)\r\n".utf8.count + bytes + 2)
    return try await LoadGenerator.with(setting.redis.socket, connections: 64, opening: opening) {
      generator in
      _ = try await generator.run(
        CyclingCalls([get]), seconds: setting.warmUp, framing: reply)
      return try await generator.run(
        CyclingCalls([get]), seconds: setting.seconds, framing: reply
      ).rate
    }
  }
}
