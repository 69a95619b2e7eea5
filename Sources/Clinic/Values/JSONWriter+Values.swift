import JSONRPC

// A name and a value of the clinic at once; nil is written as null.
extension JSONWriter {
  mutating func member<Entity>(_ name: String, _ id: ID<Entity>?) {
    member(name, id.map { Int($0.rawValue) })
  }

  mutating func member(_ name: String, _ date: LocalDate?) { member(name, date?.description) }

  mutating func member(_ name: String, _ instant: Instant?) { member(name, instant?.description) }

  mutating func member(_ name: String, _ version: RowVersion) {
    member(name, Int(version.rawValue))
  }

  mutating func member<Value: RawRepresentable<String>>(_ name: String, _ value: Value) {
    member(name, value.rawValue)
  }

  mutating func member(_ name: String, _ lines: [String]) {
    key(name)
    beginArray()
    for line in lines { string(line) }
    endArray()
  }
}
