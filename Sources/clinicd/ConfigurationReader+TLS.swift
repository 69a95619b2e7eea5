import Clinic
import ClinicEnvironment
import Host
import RPCServer

extension ConfigurationReader {
  /// The certificate and what belongs to it, checked; nil when none is configured.
  mutating func tls() -> TLSSettings? {
    guard let certificates = file("CLINIC_TLS_CERTIFICATE", orCredential: "tls_certificate") else {
      for name in ["CLINIC_TLS_KEY", "CLINIC_TLS_CLIENT_CA", "CLINIC_TLS_CLIENT_ROLES"]
      where !["", "none"].contains(text(name)) {
        fault("\(name): without CLINIC_TLS_CERTIFICATE there is no TLS")
      }
      return nil
    }
    guard let key = file("CLINIC_TLS_KEY", orCredential: "tls_key") else {
      fault("CLINIC_TLS_KEY: must be given with CLINIC_TLS_CERTIFICATE")
      return nil
    }
    if text("CLINIC_TLS_CLIENT_CA").isEmpty, text("CLINIC_TLS_CLIENT_ROLES") != "none" {
      fault("CLINIC_TLS_CLIENT_ROLES: without CLINIC_TLS_CLIENT_CA nobody vouches for a client")
    }
    let authorities = text("CLINIC_TLS_CLIENT_CA").isEmpty ? nil : file("CLINIC_TLS_CLIENT_CA")
    let settings = TLSSettings(
      certificates: certificates, key: key, clientAuthorities: authorities)
    do {
      try settings.check()
    } catch {
      fault("CLINIC_TLS_CERTIFICATE, CLINIC_TLS_KEY, CLINIC_TLS_CLIENT_CA: \(error)")
    }
    return settings
  }

  /// The content of the file that a key names, or of a credential when the key names no file; nil
  /// when there is neither.
  private mutating func file(_ name: String, orCredential credential: String) -> [UInt8]? {
    text(name).isEmpty ? self.credential(credential) : file(name)
  }

  private mutating func credential(_ name: String) -> [UInt8]? {
    do throws(ConfigurationSource.EmptyCredential) {
      return try ConfigurationSource.credential(name)
    } catch {
      fault("\(name): \(error.path) is empty")
      // So that nothing else is said of it.
      return []
    }
  }

  private mutating func file(_ name: String) -> [UInt8]? {
    do throws(SmallFile.Failure) {
      return try SmallFile.read(text(name))
    } catch {
      fault("\(name): \(text(name)) cannot be read: \(error.reason)")
      return []
    }
  }

  /// `board-1=DISPLAY,kiosk-1=KIOSK`.
  mutating func certificateRoles(_ name: String) -> [String: Role] {
    var roles: [String: Role] = [:]
    for pair in list(name) {
      let parts = pair.split(separator: "=")
      guard parts.count == 2, let role = Role(rawValue: parts[1].uppercased()) else {
        fault("\(name): a list of name=ROLE")
        continue
      }
      roles[String(parts[0])] = role
    }
    return roles
  }
}
