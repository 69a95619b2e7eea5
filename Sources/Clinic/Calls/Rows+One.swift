package import Postgres

extension Rows {
  /// The one value of a statement that gives one row.
  package func single<T: PostgresDecodable>() throws -> T {
    guard let row = first else { throw StoreFailure.noRow }
    var cells = row.cells
    return try cells.next()
  }

  /// The one row of a statement that always gives one.
  func row<T: RowDecodable>() throws -> T {
    guard let row = try decode(as: T.self).first else { throw StoreFailure.noRow }
    return row
  }

  /// The one row of a look-up by id, or `not_found`.
  func row<T: RowDecodable, E>(orMissing resource: String, _ id: ID<E>) throws -> T {
    guard let row = try decode(as: T.self).first else { throw ClinicError.notFound(resource, id) }
    return row
  }
}
