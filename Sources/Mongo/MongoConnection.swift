import CMongoc

/// Owns a `mongoc_client_t`, for one thread. Its calls block.
@safe
final class MongoConnection {
  let client: OpaquePointer
  let database: String
  let timeout: Duration
  let encoder = BSONEncoder()
  /// Whether a call failed in a way after which this client must not be used again.
  private(set) var isBroken = false
  /// Why no server was to be had, in libmongoc's words.
  private(set) var connectFailure: String?

  /// Connects when it is first used.
  init(_ settings: ConnectionSettings, timeout: Duration) throws(MongoError) {
    let address = try settings.address(timeout: timeout)
    guard let client = unsafe mongoc_client_new_from_uri_with_error(address.pointer, nil) else {
      throw MongoError(.invalidConfiguration)
    }
    unsafe self.client = client
    database = settings.database
    self.timeout = timeout
    unsafe mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2)
    unsafe mongoc_client_set_appname(client, "clinicd")
  }

  deinit { unsafe mongoc_client_destroy(client) }

  /// Runs a call of libmongoc that fills in a reply and an error and returns whether it worked;
  /// `read` sees the reply either way.
  func call(
    _ body: (_ reply: OpaquePointer, _ error: inout bson_error_t) throws(MongoError) -> Bool
  ) throws(MongoError) -> Answer {
    let reply = NativeReply()
    var error = bson_error_t()
    let started = ContinuousClock.now
    let succeeded = try unsafe body(reply.pointer, &error)
    let failure = succeeded ? nil : failure(error, since: started)
    return Answer(reply: reply, failure: failure)
  }

  struct Answer: ~Copyable {
    let reply: NativeReply
    let failure: MongoError?
  }

  /// The error for a connection that was lost on the way.
  func lost() -> MongoError {
    isBroken = true
    return MongoError(.unavailable)
  }

  /// What an error of libmongoc means. Its message stays here: it may quote a document. That no
  /// server was to be had is said without one.
  func failure(_ error: bson_error_t, since started: ContinuousClock.Instant) -> MongoError {
    let kind = MongoError.Kind(
      domain: error.domain, code: error.code, waited: started.duration(to: .now),
      limit: timeout)
    if error.domain == MONGOC_ERROR_SERVER_SELECTION.rawValue {
      connectFailure = unsafe withUnsafeBytes(of: error.message) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
    switch kind {
    case .unavailable, .notAuthenticated: isBroken = true
    // The server's own time limit leaves the connection in order, a silent socket does not.
    case .timedOut: isBroken = error.domain == MONGOC_ERROR_STREAM.rawValue
    default: break
    }
    return MongoError(kind)
  }
}

extension MongoError.Kind {
  fileprivate init(domain: UInt32, code: UInt32, waited: Duration, limit: Duration) {
    switch domain {
    case MONGOC_ERROR_STREAM.rawValue:
      // libmongoc has one number for a socket that failed and one that kept silent.
      self = waited * 10 >= limit * 9 ? .timedOut : .unavailable
    case MONGOC_ERROR_SERVER_SELECTION.rawValue, MONGOC_ERROR_PROTOCOL.rawValue,
      MONGOC_ERROR_POOL.rawValue:
      self = .unavailable
    case MONGOC_ERROR_CLIENT.rawValue, MONGOC_ERROR_SASL.rawValue, MONGOC_ERROR_SCRAM.rawValue:
      self = code == MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue ? .notAuthenticated : .unavailable
    case MONGOC_ERROR_BSON.rawValue, MONGOC_ERROR_COMMAND.rawValue, MONGOC_ERROR_CURSOR.rawValue,
      MONGOC_ERROR_NAMESPACE.rawValue:
      self = .invalidDocument
    default:
      self.init(serverCode: Int32(truncatingIfNeeded: code))
    }
  }

  /// The meaning of a number that the server gives.
  init(serverCode code: Int32) {
    switch code {
    case 11000, 11001: self = .duplicateKey
    // MaxTimeMSExpired, ExceededTimeLimit, WriteConcernFailed.
    case 50, 262, 64: self = .timedOut
    // HostUnreachable, HostNotFound, NetworkTimeout, ShutdownInProgress, PrimarySteppedDown,
    // NotWritablePrimary, InterruptedAtShutdown, InterruptedDueToReplStateChange,
    // NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary.
    case 6, 7, 89, 91, 189, 10107, 11600, 11602, 13435, 13436: self = .unavailable
    // AuthenticationFailed.
    case 18: self = .notAuthenticated
    // BSONObjectTooLarge.
    case 10334: self = .invalidDocument
    default: self = .server(code: code)
    }
  }
}
