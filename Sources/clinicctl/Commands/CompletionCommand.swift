import ArgumentParser
import Terminal

/// Writes the script that completes commands in a shell.
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Write a completion script for a shell.",
    discussion: "For example: clinicctl completion bash > /etc/bash_completion.d/clinicctl")

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish
  }

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() throws {
    let kind: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    try Terminal.write(Clinicctl.completionScript(for: kind) + "\n")
  }
}
