/// What a call is about.
package struct Subject: Sendable, Hashable {
  package let type: String
  package let id: String?

  package init(_ type: String, _ id: String? = nil) {
    self.type = type
    self.id = id
  }

  package init<E>(_ type: String, _ id: ID<E>?) {
    self.init(type, id?.description)
  }
}
