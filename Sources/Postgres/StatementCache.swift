/// A statement that is prepared on a connection's server, or about to be.
final class PreparedStatement {
  let name: String
  let text: String
  let types: [PostgresType]
  /// The server has said that it is there.
  var isConfirmed = false
  /// The number of the round that prepares it.
  var preparedBy = 0
  fileprivate var lastUse = 0
  /// The statement with the same text and other types.
  fileprivate var sibling: PreparedStatement?

  init(name: String, sql: SQL) {
    self.name = name
    text = sql.text
    types = sql.parameters.map(\.type)
  }

  fileprivate func fits(_ sql: SQL) -> Bool {
    guard types.count == sql.parameters.count else { return false }
    for (type, parameter) in zip(types, sql.parameters) where type != parameter.type {
      return false
    }
    return true
  }
}

/// The prepared statements of one connection; the least recently used one makes room.
struct StatementCache {
  static let capacity = 256

  private var byText: [String: PreparedStatement] = [:]
  private var count = 0
  private var uses = 0
  private var made = 0

  mutating func find(_ sql: SQL) -> PreparedStatement? {
    var candidate = byText[sql.text]
    while let statement = candidate {
      if statement.fits(sql) {
        uses += 1
        statement.lastUse = uses
        return statement
      }
      candidate = statement.sibling
    }
    return nil
  }

  /// Adds a statement under a name that was never used.
  ///
  /// - Returns: The statement, and the one that was evicted to make room.
  mutating func insert(_ sql: SQL) -> (PreparedStatement, evicted: PreparedStatement?) {
    let evicted = count < Self.capacity ? nil : leastRecentlyUsed
    if let evicted { remove(evicted) }
    made += 1
    uses += 1
    let statement = PreparedStatement(name: "s\(made)", sql: sql)
    statement.lastUse = uses
    statement.sibling = byText[sql.text]
    byText[sql.text] = statement
    count += 1
    return (statement, evicted)
  }

  mutating func remove(_ statement: PreparedStatement) {
    var others: [PreparedStatement] = []
    var candidate = byText[statement.text]
    while let other = candidate {
      candidate = other.sibling
      if other === statement { count -= 1 } else { others.append(other) }
    }
    byText[statement.text] = nil
    for other in others {
      other.sibling = byText[other.text]
      byText[other.text] = other
    }
  }

  mutating func removeAll() {
    byText = [:]
    count = 0
  }

  private var leastRecentlyUsed: PreparedStatement? {
    var oldest: PreparedStatement?
    for first in byText.values {
      var candidate: PreparedStatement? = first
      while let statement = candidate {
        if statement.lastUse < oldest?.lastUse ?? .max { oldest = statement }
        candidate = statement.sibling
      }
    }
    return oldest
  }
}
