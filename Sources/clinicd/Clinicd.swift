import ArgumentParser
import Mongo

@main
enum Program {
  static func main() async {
    MongoClient.removeCounters()
    await Clinicd.main()
  }
}

struct Clinicd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clinicd",
    abstract: "The daemon that runs a clinic.",
    version: Daemon.version,
    subcommands: [Run.self, Check.self, Demo.self, Keys.self, Document.self],
    defaultSubcommand: Run.self)
}
