import JSONRPC
import Postgres

/// Gives one invoice with its lines, payments and refunds.
package struct GetInvoice: Query {
  package typealias Result = Invoice
  package static let name = "billing.get"
  package static let summary = "Gives one invoice with its lines, payments and refunds."
  package static let roles = Roles.only(.reception, .pharmacist)
  package static let errors: [Reason] = [.notFound]
  package static let isAudited = true

  package let id: ID<Invoice>
  package var subject: Subject? { Subject("invoice", id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Invoice {
    try await Invoice.read(id, in: clinic)
  }
}
