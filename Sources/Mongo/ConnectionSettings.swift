import CMongoc
import Glibc

/// Where the server is, and how long to wait for it. Contains the password.
struct ConnectionSettings: Sendable {
  let url: String
  let database: String
  var timeouts: MongoClient.Timeouts

  private static let usualDatabase = "clinic_logs"

  /// Checks the address.
  init(url: String, database: String?, timeouts: MongoClient.Timeouts) throws(MongoError) {
    Self.startLibrary
    let address = try MongoAddress(url)
    let database = database ?? address.database ?? Self.usualDatabase
    guard !database.isEmpty, !database.contains("\0") else {
      throw MongoError(.invalidConfiguration)
    }
    self.url = url
    self.database = database
    self.timeouts = timeouts
  }

  /// libmongoc is started once for the process. It writes no log of its own: its lines name hosts
  /// and quote replies.
  private static let startLibrary: Void = {
    mongoc_init()
    mongoc_log_set_handler(nil, nil)
  }()

  /// An address for one client, with these times in it.
  func address(timeout: Duration) throws(MongoError) -> MongoAddress {
    let address = try MongoAddress(url)
    address.set("connectTimeoutMS", timeouts.connect)
    address.set("serverSelectionTimeoutMS", timeouts.connect)
    address.set("socketTimeoutMS", timeout)
    address.setWriteConcern(timeout: timeout)
    // What may be repeated is repeated by the worker, within its caller's time.
    address.set("retryReads", false)
    address.set("retryWrites", false)
    return address
  }
}

/// Owns a `mongoc_uri_t`.
@safe
struct MongoAddress: ~Copyable {
  let pointer: OpaquePointer

  init(_ url: String) throws(MongoError) {
    guard let pointer = unsafe mongoc_uri_new_with_error(url, nil) else {
      throw MongoError(.invalidConfiguration)
    }
    unsafe self.pointer = pointer
  }

  deinit { unsafe mongoc_uri_destroy(pointer) }

  var database: String? {
    guard let name = unsafe mongoc_uri_get_database(pointer) else { return nil }
    return unsafe String(cString: name)
  }

  func set(_ option: String, _ time: Duration) {
    unsafe mongoc_uri_set_option_as_int32(pointer, option, time.milliseconds)
  }

  func set(_ option: String, _ flag: Bool) {
    unsafe mongoc_uri_set_option_as_bool(pointer, option, flag)
  }

  /// Writes count when the majority of the servers has them in its journal.
  func setWriteConcern(timeout: Duration) {
    let concern = unsafe mongoc_write_concern_new()
    unsafe mongoc_write_concern_set_wmajority(concern, timeout.milliseconds)
    unsafe mongoc_write_concern_set_journal(concern, true)
    unsafe mongoc_uri_set_write_concern(pointer, concern)
    unsafe mongoc_write_concern_destroy(concern)
  }
}

extension Duration {
  /// At least one: zero means "for ever" or "the default" to MongoDB.
  var milliseconds: Int32 {
    let (seconds, attoseconds) = components
    let total = seconds.multipliedReportingOverflow(by: 1000)
    guard !total.overflow else { return .max }
    return Int32(clamping: max(1, total.partialValue + attoseconds / 1_000_000_000_000_000))
  }
}
