/// A store's URL, with a password in it.
package enum StoreURL {
  /// What to do about an ambiguous one.
  package static let advice =
    "in a user or a password, @ : / ? # % are percent-encoded, @ as %40"

  /// Whether the password may have a character that has a meaning in a URL. A store's library would
  /// take a part of it for a host, and name that in its errors.
  package static func isAmbiguous(_ url: String) -> Bool {
    guard let start = url.firstRange(of: "://")?.upperBound else { return false }
    let rest = url[start...]
    let authority = rest.prefix { !"/?#".contains($0) }
    switch authority.count(where: { $0 == "@" }) {
    case 0:
      // A host and its port may stand before a path with an @, a user and half of a password not.
      guard rest.contains("@"), let colon = authority.lastIndex(of: ":") else { return false }
      return !authority[authority.index(after: colon)...].allSatisfy(\.isNumber)
    case 1: return false
    default: return true
    }
  }
}
