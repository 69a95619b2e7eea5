import FoundationEssentials
import PDF

/// Renders documents.
package struct PaperPrinter: Sendable {
  private let pdf = PDFRenderer()

  /// - Throws: `busy` when too many PDF files wait to be made.
  package func print(_ document: PaperDocument, as format: PaperFormat) async throws -> PrintedPaper
  {
    switch format {
    case .text, .receipt:
      let width = format == .text ? 80 : 42
      return PrintedPaper(
        format: format, contentType: "text/plain; charset=utf-8",
        content: TextPaper(width: width).render(document))
    case .html:
      return PrintedPaper(
        format: format, contentType: "text/html; charset=utf-8",
        content: HTMLPaper.render(document))
    case .pdf:
      do {
        let bytes = try await pdf.render(PDFPaper.layout(document))
        return PrintedPaper(
          format: format, contentType: "application/pdf",
          content: Data(bytes).base64EncodedString())
      } catch PDFError.busy {
        throw ClinicError(.busy)
      }
    }
  }
}
