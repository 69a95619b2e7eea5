import Bcrypt
import JSONRPC

extension BcryptHasher {
  /// Runs work of the hasher; its queue being full is `busy` to a caller. A password that is too
  /// long for any hash is a wrong one.
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
