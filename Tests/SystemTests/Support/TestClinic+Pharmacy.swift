import Postgres
import Testing

@testable import Clinic

extension TestClinic {
  /// A medicine. - Returns: its id.
  func medicine(
    _ name: String = "Paracetamol", generic: String? = nil, class drugClass: String? = nil,
    price: String = "2.50", reorderLevel: Int = 0
  ) async throws -> Int {
    try await number(
      """
      INSERT INTO medicines (name, generic_name, drug_class, unit_price, reorder_level) VALUES \
      (\(name), \(generic), \(drugClass), \(price)::text::numeric, \(reorderLevel)) RETURNING id
      """)
  }

  /// A batch that was received, whatever its expiry date. - Returns: its id.
  func batch(
    of medicine: Int, _ quantity: Int, expiresIn days: Int = 365, number: String? = nil
  ) async throws -> Int {
    let id = try await self.number(
      """
      INSERT INTO medicine_batches (medicine_id, batch_number, expiry_date) VALUES (\(medicine), \
      coalesce(\(number), 'B' || (SELECT count(*) FROM medicine_batches)), \
      \(try await day(days))::text::date) RETURNING id
      """)
    _ = try await postgres.query(
      """
      INSERT INTO stock_movements (medicine_id, batch_id, movement_type, quantity, balance, \
      user_name) VALUES (\(medicine), \(id), 'RECEIVED', \(quantity), 0, 'test')
      """)
    return id
  }

  /// A date, counted from today in a zone.
  func day(_ days: Int, in zone: String = "UTC") async throws -> String {
    try #require(
      try await texts(
        "SELECT ((now() AT TIME ZONE \(zone))::date + \(days)::integer)::text"
      ).first)
  }
}
