import ArgumentParser

@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clinic-bench", abstract: "Measures a running clinicd beside its limits.")

  func run() async throws {}
}
