import ArgumentParser

@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clinic-bench",
    abstract: "Measures a running clinicd beside its limits.",
    subcommands: [Measure.self, Echo.self, FanOut.self],
    defaultSubcommand: Measure.self)
}
