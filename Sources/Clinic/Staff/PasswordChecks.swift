import Bcrypt
import JSONRPC

extension Clinic {
  /// The hasher on behalf of a connection's peer: strangers count by their address. Staff, and
  /// peers on this host, find places and turns however many strangers there are.
  func hasher(for session: Session) -> BcryptHasher {
    if let identity = session.clinicIdentity { return hasher(for: identity.caller) }
    return passwords.serving(session.network, isInsider: session.transport.address == nil)
  }

  func hasher(for caller: Caller) -> BcryptHasher {
    passwords.serving(caller.scope, isInsider: caller.role.isStaff)
  }
}

extension BcryptHasher {
  /// Runs work of the hasher. A full queue is `busy` to the caller. A password that is too long for
  /// any hash counts as a wrong one.
  func checking<T>(_ work: (BcryptHasher) async throws -> T) async throws -> T {
    do {
      return try await work(self)
    } catch BcryptError.busy {
      throw ClinicError(.busy)
    } catch BcryptError.passwordTooLong, BcryptError.passwordHasNull {
      throw ClinicError(.badCredentials)
    }
  }

  func isRight(_ password: TypedPassword, for hash: String) async throws -> Bool {
    try await checking { try await $0.verify(password.rawValue, against: hash) }
  }
}
