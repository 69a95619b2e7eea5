import JSONRPC

// A name and a value of the clinic at once; nil is written as null.
extension JSONWriter {
  mutating func member<Entity>(_ name: String, _ id: ID<Entity>?) {
    member(name, id.map { Int($0.rawValue) })
  }

  mutating func member(_ name: String, _ version: RowVersion?) {
    member(name, version.map { Int($0.rawValue) })
  }

  mutating func member<Value: RawRepresentable<String>>(_ name: String, _ value: Value?) {
    member(name, value?.rawValue)
  }

  mutating func member(_ name: String, _ date: LocalDate?) { member(name, date?.text) }
  mutating func member(_ name: String, _ time: TimeOfDay?) { member(name, time?.description) }
  mutating func member(_ name: String, _ instant: Instant?) { member(name, instant?.text) }
  mutating func member(_ name: String, _ token: TokenName?) { member(name, token?.text) }
  mutating func member(_ name: String, _ amount: Money?) { member(name, amount?.description) }
  mutating func member(_ name: String, _ percent: Percent?) { member(name, percent?.description) }

  private mutating func member(_ name: String, _ text: DigitText?) {
    key(name)
    if let text { text.write(to: &self) } else { null() }
  }

  mutating func member(_ name: String, _ lines: [String]) {
    key(name)
    beginArray()
    for line in lines { string(line) }
    endArray()
  }

  mutating func member(_ name: String, _ numbers: [Int]) {
    key(name)
    beginArray()
    for number in numbers { int(number) }
    endArray()
  }

  mutating func member(_ name: String, _ items: [some JSONWritable]) {
    key(name)
    beginArray()
    for item in items { object(item) }
    endArray()
  }

  mutating func member(_ name: String, _ item: (some JSONWritable)?) {
    key(name)
    if let item { object(item) } else { null() }
  }

  private mutating func object(_ item: some JSONWritable) {
    beginObject()
    item.writeMembers(into: &self)
    endObject()
  }
}
