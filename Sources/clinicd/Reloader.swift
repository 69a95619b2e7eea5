import Clinic
import ClinicEnvironment
import Host
import Logging
import RPCServer
import Synchronization

/// Reads the configuration again at SIGHUP: all of it is applied, or nothing.
final class Reloader: Sendable {
  private struct State {
    var values: [String: String]
    var secretKey: [UInt8]
    var hasTLS: Bool
    /// Earlier keys that still verify, each for one lifetime of an access token.
    var previousKeys: [(key: [UInt8], until: ContinuousClock.Instant)] = []
    var failure: String?
  }
  private let state: Mutex<State>
  private let clinic: Clinic
  private let server: RPCServer
  private let log: Logger

  init(_ configuration: Configuration, clinic: Clinic, server: RPCServer, log: Logger) {
    state = Mutex(
      State(
        values: ConfigurationSource.ofProcess().values,
        secretKey: configuration.settings.secretKey, hasTLS: configuration.tls != nil))
    self.clinic = clinic
    self.server = server
    self.log = log
  }

  /// Why the last reload changed nothing; nil when it succeeded.
  var failure: String? { state.withLock { $0.failure } }

  func reload() {
    let values = ConfigurationSource.ofProcess().values
    do {
      let configuration = try Configuration(values)
      for language in [WireLanguage.rpc, .web] {
        for address in server.addresses(speaking: language) {
          try configuration.requireEncryption(of: address)
        }
      }
      // Whoever means it can restart; a certificate that has got lost is no such wish.
      if configuration.tls == nil, state.withLock(\.hasTLS) {
        throw Configuration.Invalid(problems: [
          "CLINIC_TLS_CERTIFICATE: there is none any more; TLS ends with a restart alone"
        ])
      }
      try server.use(configuration.tls)
      server.use(configuration.web(for: clinic))
      state.withLock { state in
        replaceKey(by: configuration.settings, in: &state)
        tell(of: Self.changes(from: state.values, to: values))
        state.values = values
        state.hasTLS = configuration.tls != nil
        state.failure = nil
      }
    } catch {
      // Neither names a secret's value.
      log.error(
        "the configuration was not reloaded; the old one stays", metadata: ["problems": "\(error)"])
      state.withLock { $0.failure = "\(error)" }
    }
  }

  private func replaceKey(by settings: Settings, in state: inout State) {
    guard settings.secretKey != state.secretKey else { return }
    let life = Duration.seconds(clinic.settings.accessTokenSeconds)
    state.previousKeys.append((state.secretKey, .now + life))
    state.secretKey = settings.secretKey
    useKeys(of: state)
  }

  /// Forgets the keys whose time is over.
  func forgetKeys() {
    state.withLock { state in
      let now = ContinuousClock.now
      guard state.previousKeys.contains(where: { $0.until <= now }) else { return }
      state.previousKeys.removeAll { $0.until <= now }
      useKeys(of: state)
    }
  }

  private func useKeys(of state: State) {
    clinic.sessions.signingKeys = SigningKeys(
      algorithm: clinic.settings.signatureAlgorithm, current: state.secretKey,
      previous: state.previousKeys.map(\.key))
  }

  // MARK: What changed

  /// The keys with another value, in the order of the documentation.
  static func changes(
    from old: [String: String], to new: [String: String]
  ) -> [ConfigurationKey] {
    ConfigurationKey.all.filter { old[$0.name] != new[$0.name] }
  }

  private func tell(of changes: [ConfigurationKey]) {
    let names = changes.filter(\.isReloadable).map(\.name)
    log.notice(
      "the configuration was reloaded",
      metadata: names.isEmpty ? [:] : ["changed": "\(names.joined(separator: ", "))"])
    let others = changes.filter { !$0.isReloadable }.map(\.name)
    if !others.isEmpty {
      log.warning(
        "changed, but not without a restart",
        metadata: ["keys": "\(others.joined(separator: ", "))"]
      )
    }
  }
}
