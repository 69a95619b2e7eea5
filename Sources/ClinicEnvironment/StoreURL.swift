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
    let hasMore = rest[authority.endIndex...].contains("@")
    return switch authority.count(where: { $0 == "@" }) {
    // A host and its port may stand before a path with an @, a user and half of a password not.
    case 0: hasMore && !authority.split(separator: ",").allSatisfy(isHost)
    case 1: hasMore
    default: true
    }
  }

  private static func isHost(_ text: Substring) -> Bool {
    let port = text.drop { $0 != "]" }.dropFirst()
    guard let colon = (text.hasPrefix("[") ? port : text).lastIndex(of: ":") else { return true }
    return text[text.index(after: colon)...].allSatisfy(\.isNumber)
  }
}
