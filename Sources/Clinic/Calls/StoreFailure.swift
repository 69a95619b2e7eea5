/// A store did not give what it should have.
enum StoreFailure: Error {
  case noRow
  case connectionEnded
}
