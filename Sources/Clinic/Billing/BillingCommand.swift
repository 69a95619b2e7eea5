/// A command of this department.
package protocol BillingCommand: Command {}

extension BillingCommand {
  package static func lane(of clinic: Clinic) -> CommandLane { clinic.billing }
}
