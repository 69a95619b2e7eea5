import JSONRPC

/// Who a connection acts as: by a login, or by the kernel's word.
package struct Identity: Sendable {
  package var caller: Caller
  /// `nil` for the kernel's word, which needs no token.
  package var token: AccessToken?
}

extension Session {
  /// Who the connection acts as; `nil` for a stranger.
  var clinicIdentity: Identity? { identity as? Identity }
}
