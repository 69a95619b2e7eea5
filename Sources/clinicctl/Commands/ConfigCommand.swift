import ArgumentParser
import ClinicEnvironment
import Host
import JSONRPC

/// Shows the daemon's configuration.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Show the configuration in effect, without the secrets.",
    discussion: """
      Of the environment, when that has a DATABASE_URL; otherwise of what the installed service is \
      started with. Whether it is valid, and the stores answer, says clinicd check.
      """)

  @Flag(name: .long, help: "Write JSON.")
  var json = false

  @Flag(name: .long, help: "Leave out what has its default.")
  var changed = false

  func run() throws {
    let source = try ConfigurationSource.told()
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("items")
    writer.beginArray()
    for key in ConfigurationKey.all {
      let (value, teller) = Self.value(of: key, in: source)
      if changed, value == nil { continue }
      writer.beginObject()
      writer.member("key", key.name)
      writer.member("value", Self.shown(value, of: key))
      writer.member("from", origin(of: key, value, told: teller, in: source))
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    try ResultOutput(json: json).show(try JSONDocument(parsing: writer.bytes).root)
  }

  /// - Returns: the value that was given, if one was, and the key that told it: an address on
  ///   loopback may be told by its port alone.
  private static func value(
    of key: ConfigurationKey, in source: ConfigurationSource
  ) -> (value: String?, teller: String) {
    if let value = source[key.name], !value.isEmpty { return (value, key.name) }
    let portName = key.name.replacing("_ADDRESS", with: "_PORT")
    guard ["CLINIC_TCP_PORT", "CLINIC_WEB_PORT"].contains(portName), portName != key.name,
      let port = source[portName], !port.isEmpty
    else { return (nil, key.name) }
    return ("127.0.0.1:" + port, portName)
  }

  private static func shown(_ value: String?, of key: ConfigurationKey) -> String? {
    guard let value else { return key.standard }
    return key.isSecret ? "(hidden)" : value
  }

  private func origin(
    of key: ConfigurationKey, _ value: String?, told teller: String,
    in source: ConfigurationSource
  ) -> String {
    if value != nil { return source.origins[teller]?.rawValue ?? "environment" }
    return key.standard == nil ? "missing" : "default"
  }
}

extension ConfigurationSource {
  /// - Throws: ``Failure`` when one of the service's files cannot be read.
  static func told() throws -> ConfigurationSource {
    do {
      return try ofCommand()
    } catch {
      throw Failure.failed(
        "\(file) or \(credentials) cannot be read: \(error.reason); are you root?")
    }
  }
}
