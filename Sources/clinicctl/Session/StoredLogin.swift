import RPCClient

/// The tokens of a login, as they are kept between two runs of the program.
struct StoredLogin: Codable, Equatable {
  /// The daemon's address.
  var endpoint: String
  var username: String
  var accessToken: String
  var refreshToken: String
}

/// What `auth.login` and `auth.refresh` give.
struct Credentials: Decodable {
  struct User: Decodable {
    var username: String
    var fullName: String?
    var role: String
  }
  var accessToken: String
  var refreshToken: String
  var user: User

  /// The login as it is kept for the daemon that gave it.
  func login(at endpoint: Endpoint) -> StoredLogin {
    StoredLogin(
      endpoint: endpoint.description, username: user.username, accessToken: accessToken,
      refreshToken: refreshToken)
  }
}
