/// Who the clinic is, on paper and on screens.
package struct Letterhead: Sendable, Equatable {
  package var name = "Clinic"
  package var address = ""
  /// Stands before amounts: `USD`, `₹`.
  package var currency = ""

  package init() {}
}
