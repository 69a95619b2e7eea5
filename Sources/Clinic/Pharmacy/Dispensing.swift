/// What a pharmacist handed out of a prescription at one time.
package struct Dispensing: Codable, Sendable {
}
