import JSONRPC

/// A day in figures on paper.
package struct PrintDailySummary: Query {
  package typealias Result = PrintedPaper
  package static let name = "reports.print_daily_summary"
  package static let summary = "Renders a day in figures as text, receipt, HTML or PDF."
  package static let roles = Roles.only(.admin)

  package let date: LocalDate?
  package let format: PaperFormat?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> PrintedPaper {
    let summary = try await DailySummary.read(date, in: clinic)
    return try await clinic.printer.print(
      summary.paper(clinic.settings.letterhead), as: format ?? .text)
  }
}

extension DailySummary {
  func paper(_ clinic: Letterhead) -> PaperDocument {
    var parts: [PaperPart] = final ? [] : [.stamp("SO FAR")]
    parts += [.table(counts), .table(times), .fields(work)]
    if !stockMovements.isEmpty { parts.append(.table(stock)) }
    parts += [
      .totals(billed(clinic.currency)), .table(money),
      .totals([PaperField("Revenue", revenue.money.onPaper(clinic.currency))]),
    ]
    return PaperDocument("Summary of \(date)", of: clinic, parts: parts)
  }

  private var counts: PaperTable {
    func number(_ title: String, weight: Int) -> PaperTable.Column {
      PaperTable.Column(
        title, weight: weight, isNumber: true, prefix: title.lowercased() + " ")
    }
    let tokens = [
      queue.waiting + queue.withDoctor + queue.skipped, queue.completed, queue.cancelled,
      queue.noShow, queue.total,
    ]
    let booked = [
      appointments.scheduled + appointments.checkedIn + appointments.withDoctor,
      appointments.completed, appointments.cancelled, appointments.noShow, appointments.total,
    ]
    return PaperTable(
      [
        PaperTable.Column("Patients", weight: 25), number("Open", weight: 10),
        number("Completed", weight: 13), number("Cancelled", weight: 12),
        number("No show", weight: 10),
        PaperTable.Column("All", weight: 10, isNumber: true, prefix: "all "),
      ],
      rows: [("Tokens", tokens), ("Appointments", booked)].map { name, counts in
        PaperTable.Row([name] + counts.map(String.init))
      })
  }

  private var times: PaperTable {
    PaperTable(
      [
        PaperTable.Column("Times", weight: 30),
        PaperTable.Column("Count", weight: 12, isNumber: true, prefix: "of "),
        PaperTable.Column("Mean", weight: 12, isNumber: true, prefix: "mean "),
        PaperTable.Column("Half within", weight: 13, isNumber: true, prefix: "half within "),
        PaperTable.Column("90 % within", weight: 13, isNumber: true, prefix: "90 % "),
      ],
      rows: [("Minutes until the call", waits), ("Minutes of consultation", consultations)].map {
        name, times in
        PaperTable.Row(
          [name, String(times.count)]
            + [times.meanSeconds, times.p50Seconds, times.p90Seconds].map { seconds in
              seconds.map { String(($0 + 30) / 60) } ?? "-"
            })
      })
  }

  private var work: [PaperField] {
    var work = [
      ("New patients", newPatients), ("Visits", visits.total), ("Completed", visits.completed),
      ("Prescriptions", prescriptions), ("Dispensings", dispensings),
    ].map { PaperField($0, String($1)) }
    // What the close of the day ended, and no person.
    if !autoClosed.isEmpty {
      let numbers = autoClosed.map { $0.number.padded(3) }.joined(separator: ", ")
      work.append(PaperField("Left open", numbers))
    }
    return work
  }

  private var money: PaperTable {
    PaperTable(
      [
        PaperTable.Column("Money", weight: 20),
        PaperTable.Column("Cash", weight: 15, isNumber: true, prefix: "cash "),
        PaperTable.Column("Card", weight: 15, isNumber: true, prefix: "card "),
        PaperTable.Column("UPI", weight: 15, isNumber: true, prefix: "UPI "),
        PaperTable.Column("Sum", weight: 15, isNumber: true),
      ],
      rows: [("Payments", payments), ("Refunds", refunds)].map { name, sums in
        PaperTable.Row(
          [name] + [sums.cash, sums.card, sums.upi, sums.total].map { $0.money.description })
      })
  }

  private var stock: PaperTable {
    PaperTable(
      [
        PaperTable.Column("Movement", weight: 40),
        PaperTable.Column("Count", weight: 20, isNumber: true, prefix: "count "),
        PaperTable.Column("Pieces", weight: 20, isNumber: true),
      ],
      rows: stockMovements.map {
        PaperTable.Row([$0.movementType, String($0.count), String($0.quantity)])
      })
  }

  private func billed(_ currency: String) -> [PaperField] {
    [PaperField("Invoices", String(invoices.issued))]
      + [
        ("Subtotal", invoices.subtotal), ("Discount", invoices.discount), ("Tax", invoices.tax),
        ("Total", invoices.total),
      ].map { PaperField($0, $1.money.onPaper(currency)) }
  }
}

extension Amount {
  fileprivate var money: Money { Money(cents: hundredths) }
}
