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
      summary.paper(clinic.settings.billing), as: format ?? .text)
  }
}

extension DailySummary {
  func paper(_ clinic: BillingRules) -> PaperDocument {
    var parts: [PaperPart] = final ? [] : [.stamp("SO FAR")]
    parts += [
      .heading("Queue"), .fields(queueCounts), .table(times),
      .heading("Appointments"), .fields(appointments.onPaper),
      .heading("Work"), .fields(work),
    ]
    if !stockMovements.isEmpty { parts += [.heading("Stock"), .table(stock)] }
    parts += [
      .heading("Invoices issued: \(invoices.issued)"), .totals(sums(clinic.currency)),
      .heading("Money"), .table(moneyByMethod),
      .totals([PaperField("Revenue", revenue.money.onPaper(clinic.currency))]),
    ]
    return PaperDocument("Summary of \(date)", of: clinic, parts: parts)
  }

  private var queueCounts: [PaperField] {
    let open = [
      ("Waiting", queue.waiting), ("With doctor", queue.withDoctor), ("Skipped", queue.skipped),
    ]
    return open.filter { $1 > 0 }.map { PaperField($0, $1) } + [
      PaperField("Completed", queue.completed), PaperField("Cancelled", queue.cancelled),
      PaperField("No show", queue.noShow), PaperField("All tokens", queue.total),
    ] + closed
  }

  /// What the close of the day ended, and no person.
  private var closed: [PaperField] {
    autoClosed.isEmpty
      ? []
      : [
        PaperField(
          "Left open", autoClosed.map { $0.number.padded(3) }.joined(separator: ", "))
      ]
  }

  private var times: PaperTable {
    PaperTable(
      [
        PaperTable.Column("Minutes", weight: 30),
        PaperTable.Column("Count", weight: 12, isNumber: true, prefix: "of "),
        PaperTable.Column("Mean", weight: 12, isNumber: true, prefix: "mean "),
        PaperTable.Column("Half within", weight: 13, isNumber: true, prefix: "half within "),
        PaperTable.Column("90 % within", weight: 13, isNumber: true, prefix: "90 % "),
      ],
      rows: [("Until the call", waits), ("Consultation", consultations)].map { name, times in
        PaperTable.Row(
          [name, String(times.count)]
            + [times.meanSeconds, times.p50Seconds, times.p90Seconds].map { seconds in
              seconds.map { String(($0 + 30) / 60) } ?? "-"
            })
      })
  }

  private var work: [PaperField] {
    [
      PaperField("New patients", newPatients), PaperField("Visits", visits.total),
      PaperField("of them completed", visits.completed),
      PaperField("Prescriptions", prescriptions), PaperField("Dispensings", dispensings),
    ]
  }

  private var moneyByMethod: PaperTable {
    PaperTable(
      [
        PaperTable.Column("", weight: 20),
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

  private func sums(_ currency: String) -> [PaperField] {
    [
      ("Subtotal", invoices.subtotal), ("Discount", invoices.discount), ("Tax", invoices.tax),
      ("Total", invoices.total),
    ].map { PaperField($0, $1.money.onPaper(currency)) }
  }
}

extension DailySummary.Appointments {
  fileprivate var onPaper: [PaperField] {
    let open = [("Scheduled", scheduled), ("Checked in", checkedIn), ("With doctor", withDoctor)]
    return open.filter { $1 > 0 }.map { PaperField($0, $1) } + [
      PaperField("Completed", completed), PaperField("Cancelled", cancelled),
      PaperField("No show", noShow), PaperField("All", total),
    ]
  }
}

extension PaperField {
  fileprivate init(_ label: String, _ count: Int) { self.init(label, String(count)) }
}

extension Amount {
  fileprivate var money: Money { Money(cents: hundredths) }
}
