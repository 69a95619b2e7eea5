import JSONRPC
import RPCClient
import Synchronization
import TestSupport
import Testing

@testable import Clinic

/// Somebody at one connection of one instance. Every result is checked against the schema that
/// `rpc.discover` tells of its method.
final class TestConnection: Sendable {
  let connection: RPCConnection
  private let inbox: Inbox
  private static let schemas = try? MethodTable.all()

  /// What the server sent unasked.
  private final class Inbox: Sendable {
    let notifications = Mutex<[RPCNotification]>([])
  }

  static func connect(to endpoint: Endpoint) async throws -> TestConnection {
    let inbox = Inbox()
    let connection = try await RPCConnection.open(
      to: endpoint, options: ConnectionOptions(callTimeout: .seconds(60), keepalive: nil),
      receive: { notification in
        inbox.notifications.withLock { $0.append(notification) }
        return .more
      })
    return TestConnection(connection: connection, inbox: inbox)
  }

  private init(connection: RPCConnection, inbox: Inbox) {
    self.connection = connection
    self.inbox = inbox
  }

  // MARK: - Calls

  @discardableResult
  func call(
    _ method: String, _ params: JSON = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSONValue {
    let result: JSONValue
    do {
      result = try await connection.call(method, rawParams: params.bytes)
    } catch let error as RPCError {
      throw Refused(method: method, error: error)
    }
    let schemas = try #require(Self.schemas)
    let schema = try #require(schemas[method]?.description.result, sourceLocation: sourceLocation)
    #expect(schema.mismatch(result) == nil, "\(method)", sourceLocation: sourceLocation)
    return result
  }

  /// The error of a call that must be refused.
  @discardableResult
  func refused(
    _ method: String, _ params: JSON = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> RPCError {
    do {
      let result = try await connection.call(method, rawParams: params.bytes)
      Issue.record(
        "\(method) was not refused: \(String(decoding: result.rawBytes, as: UTF8.self))",
        sourceLocation: sourceLocation)
      throw CancellationError()
    } catch let error as RPCError {
      return error
    }
  }

  /// `ok`, or the reason of the refusal: for calls that may end either way.
  func outcome(_ method: String, _ params: JSON = [:]) async throws -> Outcome {
    do {
      return .ok(try await call(method, params))
    } catch let refused as Refused {
      return .refused(refused.error)
    }
  }

  /// The same without a look at schemas.
  func raw(_ method: String, _ params: JSON = [:]) async throws -> Outcome {
    do {
      return .ok(try await connection.call(method, rawParams: params.bytes))
    } catch let error as RPCError {
      return .refused(error)
    }
  }

  /// The items of all pages of a list.
  func pages(_ method: String, _ params: JSON = [:]) async throws -> [JSONValue] {
    var items: [JSONValue] = []
    var cursor = JSON.null
    while true {
      let page = try await call(method, params.with("cursor", cursor))
      items += try page.list("items")
      guard let next = page["next_cursor"], !next.isNull else { return items }
      cursor = page["next_cursor"].json
    }
  }

  enum Outcome: Sendable {
    case ok(JSONValue)
    case refused(RPCError)

    var result: JSONValue? { if case .ok(let result) = self { result } else { nil } }
    var reason: String { if case .refused(let error) = self { error.reason } else { "ok" } }
  }

  /// A refusal that a test did not expect says which method it was.
  struct Refused: Error, CustomStringConvertible {
    let method: String
    let error: RPCError
    var description: String { "\(method): \(error)" }
  }

  func close() async { await connection.close() }

  // MARK: - Subscriptions

  /// Follows the queue, from now on.
  func subscribe(
    _ params: JSON = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Follower {
    let reply = try await call("queue.subscribe", params, sourceLocation: sourceLocation)
    return Follower(
      caller: self, id: try reply.text("subscription", sourceLocation: sourceLocation), reply: reply
    )
  }

  /// What came for a subscription so far: the `result` of each message, in order.
  func messages(for subscription: String) -> [JSONValue] {
    inbox.notifications.withLock { $0 }.compactMap { notification in
      guard notification.params?["subscription"]?.string == subscription else { return nil }
      return notification.params?["result"]
    }
  }

  var notifications: [RPCNotification] { inbox.notifications.withLock { $0 } }
}

/// One subscription of one connection.
struct Follower: Sendable {
  let caller: TestConnection
  let id: String
  let reply: JSONValue

  var version: Int { get throws { try reply.integer("version") } }
  var messages: [JSONValue] { caller.messages(for: id) }

  /// Waits for a message.
  @discardableResult
  func message(
    _ what: Comment, within limit: Duration = .seconds(60),
    sourceLocation: SourceLocation = #_sourceLocation, where isWanted: (JSONValue) -> Bool
  ) async throws -> JSONValue {
    try await awaited(within: limit, what, sourceLocation: sourceLocation) {
      messages.first(where: isWanted)
    }
  }

  /// Waits until a version has come, and checks that none was left out on the way to it.
  func reach(
    _ version: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await eventually("version \(version)", sourceLocation: sourceLocation) {
      (messages.compactMap { $0["version"]?.int }.last ?? -1) >= version
    }
    var last = try self.version
    for message in messages {
      guard let next = message["version"]?.int else { continue }
      if message["kind"]?.string == "change" {
        #expect(next == last + 1, "versions count up by one", sourceLocation: sourceLocation)
      }
      last = next
    }
  }
}
