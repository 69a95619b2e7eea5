import JSONRPC
import Testing

@testable import Clinic

@Suite struct TextTests {
  static let names = [
    "Asha Iyer", "José Núñez", "小明 王", "आशा शर्मा", "فاطمة الحداد", "ליאה\u{200F} כהן",
    "O'Brien-Ní Bhriain",
    "👩🏽‍⚕️ Zoé", "Zoe\u{301}", "X", "Дарья", "ß", "a\u{0323}\u{0302}",
  ]

  @Test("a name comes back as it was given", arguments: names)
  func namesRoundTrip(name: String) throws {
    for text in [name, "  \(name)\t", "\u{3000}\(name)\n"] {
      let decodedName = try decoded(PersonName.self, quoted(text))
      // Compared by bytes: Swift takes canonically equal texts for the same.
      #expect(Array(decodedName.rawValue.utf8) == Array(name.utf8))
      #expect(try JSONValueEncoder().encode(decodedName) == Array(quoted(name).utf8))
    }
  }

  @Test(
    "one line has no control characters",
    arguments: [
      "a\nb", "a\rb", "a\tb", "a\u{1B}[2Jb", "a\u{7F}b", "a\u{85}b", "a\u{1}b",
      "a\u{2028}b", "a\u{2029}b",
    ])
  func controlCharacters(text: String) {
    #expect(paramsReason { try decoded(PersonName.self, quoted(text)) } == .malformed)
    #expect(paramsReason { try decoded(Line.self, quoted(text)) } == .malformed)
    #expect(paramsReason { try decoded(Room.self, quoted(text)) } == .malformed)
  }

  @Test(
    "a name and a line show something",
    arguments: [
      "\u{200B}\u{200D}", "\u{202E}", " \u{2060} \u{3164}", "\u{FEFF}", "\u{2800}", "\u{FFF9}",
      "\u{301}",
    ])
  func invisible(text: String) {
    #expect(paramsReason { try decoded(PersonName.self, quoted(text)) } == .tooShort)
    #expect(paramsReason { try decoded(Line.self, quoted(text)) } == .tooShort)
    #expect(paramsReason { try decoded(Note.self, quoted(text + "\u{1}")) } == .tooShort)
    #expect(paramsReason { try decoded(LongText.self, quoted(text)) } == .tooShort)
  }

  @Test("no text holds NUL, which PostgreSQL could not keep")
  func nul() {
    let text = #""a\u0000b""#
    #expect(paramsReason { try decoded(PersonName.self, text) } == .malformed)
    #expect(paramsReason { try decoded(Note.self, text) } == .malformed)
    #expect(paramsReason { try decoded(LongText.self, text) } == .malformed)
    #expect(paramsReason { try decoded(SearchTerm.self, text) } == .malformed)
    #expect(paramsReason { try decoded(TypedPassword.self, text) } == .malformed)
    #expect(paramsReason { try decoded(NewPassword.self, #""\u0000aaaaaaaaaaaa""#) } == .malformed)
    #expect(paramsReason { try decoded(IdempotencyKey.self, text) } == .malformed)
    #expect(paramsReason { try decoded(OpaqueToken.self, text) } == .malformed)
    #expect(paramsReason { try decoded(TypedUsername.self, text) } == .malformed)
  }

  @Test("nothing but white space is nothing", arguments: ["", " ", "\t\n", "\u{3000}", "\u{A0}"])
  func empty(text: String) {
    #expect(paramsReason { try decoded(PersonName.self, quoted(text)) } == .tooShort)
    #expect(paramsReason { try decoded(Note.self, quoted(text)) } == .tooShort)
  }

  /// Both ends of a type's lengths, in characters of one, two and four bytes.
  private func checkLengths<T: CheckedText>(_ type: T.Type) throws {
    for character in ["a", "é", "𠮷"] {
      let longest = String(repeating: character, count: T.lengths.upperBound)
      #expect(try decoded(type, quoted(longest)).rawValue == longest)
      #expect(paramsReason { try decoded(type, quoted(longest + character)) } == .tooLong)
      if T.lengths.lowerBound > 0 {
        let short = String(repeating: character, count: T.lengths.lowerBound - 1)
        #expect(paramsReason { try decoded(type, quoted(short)) } == .tooShort)
      }
    }
  }

  @Test func lengths() throws {
    try checkLengths(PersonName.self)
    try checkLengths(Line.self)
    try checkLengths(Room.self)
    try checkLengths(Note.self)
    try checkLengths(LongText.self)
    try checkLengths(SearchTerm.self)
    try checkLengths(IdempotencyKey.self)
    try checkLengths(TypedUsername.self)
    try checkLengths(TypedPassword.self)
    try checkLengths(OpaqueToken.self)
  }

  @Test(
    "phones as people write them",
    arguments: [
      "020 7946 0123", "+44 (0)20 7946-0123", "112", "555.0100", "12/345 67", " 0712345678 ",
    ])
  func phones(text: String) throws {
    #expect(try decoded(PhoneNumber.self, quoted(text)).rawValue == text.trimmed)
  }

  @Test(
    "what is no phone",
    arguments: [
      "12", "call me", "555-CALL", "٠١٢٣٤", "１２３", "+--()", String(repeating: "1", count: 21),
      "1;2;3",
    ])
  func noPhones(text: String) {
    #expect(paramsReason { try decoded(PhoneNumber.self, quoted(text)) } == .malformed)
  }

  @Test(
    "what is no email address",
    arguments: [
      "asha", "@example.org", "asha@", "asha@example", "a@b@c.d", "a b@c.d", "a@.d", "a@c.",
      "a@c.d\nX", "a@b..c", "a\u{A0}b@c.d", "a@b.c\u{200B}", "a\u{2800}b@c.d",
    ])
  func noEmails(text: String) {
    #expect(paramsReason { try decoded(EmailAddress.self, quoted(text)) } == .malformed)
  }

  @Test(
    "addresses are of any letters",
    arguments: ["a.b+c@d-e.co.uk", "आशा@उदाहरण.भारत", "jose\u{301}@x.es"])
  func emails(text: String) throws {
    #expect(try decoded(EmailAddress.self, quoted(text)).rawValue == text)
  }

  @Test("user names are lower case, and of letters that everybody can type")
  func usernames() throws {
    #expect(try decoded(Username.self, #"" Dr.Rao-2_x ""#).rawValue == "dr.rao-2_x")
    // The last ones are what the daemon calls itself.
    for text in [
      "-rao", ".rao", "_rao", "dr rao", "josé", "rao@x", "раo", "clinicd", " Daemon", "queue",
    ] {
      #expect(paramsReason { try decoded(Username.self, quoted(text)) } == .malformed, "\(text)")
    }
    #expect(paramsReason { try decoded(Username.self, quoted("a")) } == .tooShort)
    #expect(
      paramsReason { try decoded(Username.self, quoted(String(repeating: "a", count: 65))) }
        == .tooLong)
  }
}

/// Rule 51: a new password has 12 characters or more and at most 72 bytes, and is not cut.
@Suite struct NewPasswordTests {
  @Test(
    "rule 51: accepted as they are",
    arguments: [
      String(repeating: "a", count: 12), String(repeating: "a", count: 72),
      String(repeating: "é", count: 36), String(repeating: "🔑", count: 12),
      String(repeating: "🔑", count: 18), "            ", "  correct horse  ",
    ])
  func accepted(password: String) throws {
    #expect(try decoded(NewPassword.self, quoted(password)).rawValue == password)
  }

  @Test(
    "rule 51: too long in bytes",
    arguments: [
      String(repeating: "a", count: 73), String(repeating: "é", count: 37),
      String(repeating: "🔑", count: 19), String(repeating: "a", count: 100_000),
    ])
  func tooLong(password: String) {
    #expect(paramsReason { try decoded(NewPassword.self, quoted(password)) } == .tooLong)
  }

  @Test(
    "rule 51: too short in characters, however many bytes",
    arguments: [
      "", String(repeating: "a", count: 11), String(repeating: "🔑", count: 11),
    ])
  func tooShort(password: String) {
    #expect(paramsReason { try decoded(NewPassword.self, quoted(password)) } == .tooShort)
  }

  @Test("secrets do not show in descriptions")
  func hidden() throws {
    let secret = "correct horse battery"
    #expect(!"\(try decoded(NewPassword.self, quoted(secret)))".contains(secret))
    #expect(!"\(try decoded(TypedPassword.self, quoted(secret)))".contains(secret))
    #expect(!"\(try decoded(OpaqueToken.self, quoted(secret)))".contains(secret))
  }
}
