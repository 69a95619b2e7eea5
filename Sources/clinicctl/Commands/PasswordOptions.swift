import ArgumentParser
import Host
import Terminal

/// Where a password comes from: never from the command line, which other users can see.
struct PasswordOptions: ParsableArguments {
  @Option(
    name: .long, help: "Read the password from the first line of a file.", completion: .file())
  var passwordFile: String?

  /// - Parameter confirmation: the prompt for typing a new password once more.
  func read(_ prompt: String, confirmation: String? = nil) throws -> String {
    do {
      let password = try passwordFile.map(fromFile) ?? fromInput(prompt)
      guard !password.isEmpty else { throw Failure.usage("the password is empty") }
      if let confirmation, passwordFile == nil, Terminal.isTerminal(.input) {
        guard try StandardInput.readSecret(prompt: confirmation) == password else {
          throw Failure.usage("the two passwords differ")
        }
      }
      return password
    } catch is StandardInput.NotText {
      throw Failure.usage("the password is not UTF-8")
    }
  }

  private func fromFile(_ path: String) throws -> String {
    let bytes: [UInt8]
    do {
      bytes = try SmallFile.read(path)
    } catch {
      throw Failure.usage("\(path) cannot be read: \(error.reason)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw StandardInput.NotText() }
    return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).first
      .map(String.init) ?? ""
  }

  private func fromInput(_ prompt: String) throws -> String {
    let line =
      Terminal.isTerminal(.input)
      ? try StandardInput.readSecret(prompt: prompt) : try StandardInput.readLine()
    guard let line else { throw Failure.usage("no password was given") }
    return line
  }
}
