import JSONRPC
import Testing

/// Random input, the same in every run.
@Suite struct FuzzTests {
  /// A stream of messages, white space and faults.
  func stream(_ random: inout RandomJSON) -> [UInt8] {
    var stream: [UInt8] = []
    for _ in 0..<random.number(1..<6) {
      var message = Array(random.message().utf8)
      if random.number(0..<4) == 0 { message = random.mutate(message) }
      stream += message
      stream += Array(random.pick(["\n", "\r\n", "", " ", "\n\n", "\t\n"]).utf8)
    }
    return stream
  }

  @Test func messagesCutAtEveryByteGiveTheSameEvents() {
    var random = RandomJSON(seed: 2024)
    for _ in 0..<150 {
      let stream = stream(&random)
      let whole = events([stream], ends: true)
      for cut in 0...stream.count {
        let parts = [Array(stream[..<cut]), Array(stream[cut...])]
        #expect(events(parts, ends: true) == whole, "cut at \(cut): \(text(stream))")
      }
      #expect(events(stream.map { [$0] }, ends: true) == whole, "\(text(stream))")
    }
  }

  @Test func cutsInManyPlacesGiveTheSameEvents() {
    var random = RandomJSON(seed: 7)
    let limits = JSONLimits(maxBytes: 100, maxDepth: 4)
    for _ in 0..<3000 {
      let stream = stream(&random)
      let whole = events([stream], limits, ends: true)
      var parts: [[UInt8]] = []
      var rest = stream[...]
      while !rest.isEmpty {
        let part = rest.prefix(random.number(1..<20))
        parts.append(Array(part))
        rest = rest.dropFirst(part.count)
      }
      #expect(events(parts, limits, ends: true) == whole, "\(text(stream))")
    }
  }

  @Test func framerAndParserAgree() {
    var random = RandomJSON(seed: 99)
    for _ in 0..<5000 {
      // Containers only: a stream may hold several scalars where a text may not.
      let bytes = random.mutate(Array("[\(random.value())]".utf8)).filter { $0 != 0x0a }
      guard let first = bytes.first, first == UInt8(ascii: "[") else { continue }
      let events = events([bytes], ends: true)
      if fault(bytes) == nil {
        #expect(events.count == 1)
        #expect(events.first?.hasPrefix("parse_error") == false)
      } else {
        #expect(
          events.contains { $0.hasPrefix("parse_error") || $0.hasPrefix("nesting") }
            || events.count > 1, "\(text(bytes))")
      }
    }
  }

  @Test func mutatedMessagesAreAlwaysAnswered() {
    var random = RandomJSON(seed: 5)
    for _ in 0..<20_000 {
      let bytes = random.mutate(Array(random.message().utf8))
      let isBlank = bytes.allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
      var framer = MessageFramer()
      framer.receive(bytes)
      framer.finish()
      var count = 0
      while let event = framer.next() {
        count += 1
        if case .message(let document) = event { check(document) }
      }
      #expect(framer.isFinished)
      #expect((count == 0) == isBlank, "\(text(bytes))")
    }
  }

  /// Whatever is made of the document, it is one of the things that a message can be, and what is
  /// read from it is JSON again.
  func check(_ document: JSONDocument) {
    let tree = Tree(document.root)
    #expect((try? Tree(written { tree.write(into: &$0) })) == tree)
    #expect(fault(document.root.rawBytes) == nil)
    switch IncomingMessage(document) {
    case .single(let item): check(item)
    case .batch(let items):
      #expect(items.count == document.root.count)
      items.forEach(check)
    case .refused(let error): #expect(error.code == -32600)
    }
  }

  func check(_ item: IncomingMessage.Item) {
    switch item {
    case .call(let call):
      #expect(call.params.map { $0.kind == .object || $0.kind == .array } ?? true)
      if let id = call.id {
        #expect(fault(response(id, "{}")) == nil)
      }
    case .invalid(let id, let error):
      #expect(fault(MessageWriter.error(id: id, error)) == nil)
    }
  }

  @Test func randomBytesNeverCrash() {
    var random = RandomJSON(seed: 31)
    for _ in 0..<5000 {
      let bytes = (0..<random.number(0..<60)).map { _ in UInt8(random.number(0..<256)) }
      _ = fault(bytes)
      _ = events([bytes], ends: true)
      let likely = (0..<random.number(0..<60)).map { _ in
        random.pick(Array(#"{}[]",:\u0019.-+eE truefalsn"#.utf8))
      }
      _ = fault(likely)
      _ = events([likely], ends: true)
    }
  }

  @Test func mutatedParamsDecodeOrSayWhy() throws {
    var random = RandomJSON(seed: 77)
    let names = try MethodParams(CreatePatient.self)
    let valid = Array(
      #"{"full_name":"Ana","date_of_birth":"1980-02-29","emergency_contact":{"name":"B","phone":null},"chronic_conditions":["a"],"items":[{"medicine_id":1,"quantity":2}],"priority":"URGENT","is_active":true,"version":3}"#
        .utf8)
    for _ in 0..<20_000 {
      guard let document = try? JSONDocument(parsing: random.mutate(valid)) else { continue }
      do {
        let patient = try ParamsReader.decode(CreatePatient.self, from: document.root, names: names)
        let again = try JSONDocument(parsing: JSONValueEncoder().encode(patient))
        #expect(try JSONValueDecoder().decode(CreatePatient.self, from: again.root) == patient)
      } catch let error as ParamsError {
        #expect(fault(json(error.rpcError)) == nil)
      }
    }
  }
}
