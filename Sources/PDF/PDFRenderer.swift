import Threads

/// Makes PDF files, by Pango and cairo, on a thread of its own: text of every script is shaped and
/// ordered as its readers expect.
public struct PDFRenderer: Sendable {
  private let worker: WorkerThreads

  /// - Parameter queueLimit: how many documents may wait for the one that is being made.
  public init(queueLimit: Int = 64) {
    worker = WorkerThreads(name: "pdf", count: 1, queueLimit: queueLimit)
  }

  /// - Throws: ``PDFError``.
  public func render(_ document: PDFDocument) async throws -> [UInt8] {
    do {
      return try await worker.run {
        let surface = try PDFSurface(title: document.title)
        var pages = PageWriter(on: surface, footer: document.footer)
        for block in document.blocks { pages.write(block) }
        pages.finish()
        return try surface.finish()
      }
    } catch is WorkersBusy {
      throw PDFError.busy
    }
  }
}
