import Foundation
import PackagePlugin

/// Puts the migrations of `sql/` into the program, so that it can migrate wherever it is installed.
@main
struct EmbedSQL: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "sql")
    let script = context.package.directoryURL.appending(path: "scripts/embed-sql")
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedSQL.swift")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    )
    .filter { $0.pathExtension == "sql" }
    .sorted { $0.lastPathComponent < $1.lastPathComponent }
    return [
      .buildCommand(
        displayName: "Embedding \(files.count) migrations",
        executable: URL(filePath: "/bin/sh"),
        arguments: [script.path(), output.path()] + files.map { $0.path() },
        inputFiles: files + [script],
        outputFiles: [output])
    ]
  }
}
