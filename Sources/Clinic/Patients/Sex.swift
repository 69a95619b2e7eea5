import JSONRPC
import Postgres

/// A patient's sex, as far as the clinic knows it.
package enum Sex: String, Codable, CaseIterable, Sendable, PostgresEncodable, PostgresDecodable,
  JSONSchemaRepresentable
{
  case female = "FEMALE"
  case male = "MALE"
  case other = "OTHER"
  case unknown = "UNKNOWN"
}
