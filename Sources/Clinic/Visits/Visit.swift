/// A doctor's consultation of a patient.
package struct Visit: Sendable {}
