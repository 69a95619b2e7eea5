import CLibpq
import StoreLoop

extension Wire {
  func send(_ round: Round) {
    round.wire = self
    guard isOpen else {
      round.connectionClosed(wasSent: false, reason: .connectionLost)
      return
    }
    // A cancellation on its way might hit this round.
    guard !isCancelling else {
      held.append(round)
      return
    }
    if !obsolete.isEmpty && (isShared || isAtRest) { deallocateObsolete() }
    sent += 1
    round.sequence = sent
    if isShared && rounds.isEmpty { waitingSince = .now }
    rounds.append(round)
    for sql in round.unsent {
      guard send(sql, in: round) else {
        close()
        return
      }
    }
    guard let handle, unsafe PQpipelineSync(handle.pointer) == 1 else {
      close()
      return
    }
    flush()
    if let limit = round.limit {
      round.limitTimer = loop.schedule(after: limit) { [weak self] in
        if !round.isDone { self?.close() }
      }
    }
  }

  /// Makes the server forget every prepared statement: tables have changed.
  func forgetStatements() {
    statements.removeAll()
    obsolete = []
    sendOneShot("DEALLOCATE ALL")
  }

  private func deallocateObsolete() {
    let names = obsolete
    obsolete = []
    for name in names {
      sendOneShot(SQL(text: "DEALLOCATE \(name)"))
    }
  }

  private func sendOneShot(_ sql: SQL) {
    let round = Round([sql])
    round.isOneShot = true
    send(round)
  }

  private func send(_ sql: SQL, in round: Round) -> Bool {
    guard !round.isOneShot else { return sendUnnamed(sql, in: round) }
    guard let prepared = statements.find(sql) else { return prepare(sql, in: round) }
    // Whether a preparation on its way succeeds is known only within its own round.
    guard prepared.isConfirmed || prepared.preparedBy == round.sequence else {
      return sendUnnamed(sql, in: round)
    }
    round.add(Round.Step(prepared: prepared, awaitsPreparation: false))
    return execute(prepared, sql)
  }

  private func prepare(_ sql: SQL, in round: Round) -> Bool {
    let (prepared, evicted) = statements.insert(sql)
    if let evicted { obsolete.append(evicted.name) }
    prepared.preparedBy = round.sequence
    round.add(Round.Step(prepared: prepared, awaitsPreparation: true))
    guard let handle else { return false }
    let types = prepared.types.map(\.oid)
    return unsafe PQsendPrepare(
      handle.pointer, prepared.name, sql.text, Int32(types.count), types) == 1
      && execute(prepared, sql)
  }

  private func execute(_ prepared: PreparedStatement, _ sql: SQL) -> Bool {
    unsafe withParameters(of: sql) { handle, count, values, lengths, formats in
      unsafe PQsendQueryPrepared(handle, prepared.name, count, values, lengths, formats, 1)
    }
  }

  private func sendUnnamed(_ sql: SQL, in round: Round) -> Bool {
    round.add(Round.Step(prepared: nil, awaitsPreparation: false))
    let types = sql.parameters.map(\.type.oid)
    return unsafe withParameters(of: sql) { handle, count, values, lengths, formats in
      unsafe PQsendQueryParams(handle, sql.text, count, types, values, lengths, formats, 1)
    }
  }

  private func withParameters(
    of sql: SQL,
    _ send: (
      OpaquePointer, Int32, [UnsafePointer<CChar>?], [Int32], [Int32]
    ) -> Int32
  ) -> Bool {
    guard let handle else { return false }
    let count = Int32(clamping: sql.parameters.count)
    return unsafe sql.values.bytes.withUnsafeBufferPointer { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
        unsafe pointers.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        for parameter in sql.parameters {
          let start = unsafe bytes.baseAddress.map { unsafe $0 + parameter.offset }
          unsafe pointers.append(parameter.length < 0 ? nil : start)
          lengths.append(Int32(clamping: max(parameter.length, 0)))
          formats.append(parameter.type.parameterFormat)
        }
        return unsafe send(handle.pointer, count, pointers, lengths, formats) == 1
      }
    }
  }
}
