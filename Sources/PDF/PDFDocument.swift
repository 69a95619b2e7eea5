/// What is to be printed: blocks from the top down, on as many A4 pages as they need.
public struct PDFDocument: Sendable {
  /// For the document's properties.
  public var title: String
  public var blocks: [PDFBlock]
  /// Stands at the foot of each page, beside its number.
  public var footer: String

  public init(title: String, blocks: [PDFBlock] = [], footer: String = "") {
    self.title = title
    self.blocks = blocks
    self.footer = footer
  }
}

public enum PDFBlock: Sendable {
  /// Paragraphs, over several pages if need be.
  case text(PDFText)
  /// Texts side by side, each in its share of the width; on one page.
  case row([PDFCell])
  case table(PDFTable)
  /// A thin line.
  case rule
  /// Points.
  case space(Double)
}

public enum PDFAlignment: Sendable {
  case left, center, right
}

/// Text of one look. Its writing direction is found by itself.
public struct PDFText: Sendable {
  public var text: String
  /// Points.
  public var size: Double
  public var isBold: Bool
  public var alignment: PDFAlignment

  public init(
    _ text: String, size: Double = 10, isBold: Bool = false, alignment: PDFAlignment = .left
  ) {
    self.text = text
    self.size = size
    self.isBold = isBold
    self.alignment = alignment
  }
}

public struct PDFCell: Sendable {
  public var text: PDFText
  /// Of the page's width: 0 to 1.
  public var share: Double

  public init(_ text: PDFText, share: Double) {
    self.text = text
    self.share = share
  }
}

/// Rows under a header, which is repeated on each page.
public struct PDFTable: Sendable {
  public struct Row: Sendable {
    public var cells: [PDFCell]
    /// Stands under the cells, over the whole width.
    public var detail: PDFText?

    public init(_ cells: [PDFCell], detail: PDFText? = nil) {
      self.cells = cells
      self.detail = detail
    }
  }

  public var header: [PDFCell]
  public var rows: [Row]

  public init(header: [PDFCell], rows: [Row]) {
    self.header = header
    self.rows = rows
  }
}

/// Why there is no PDF.
public enum PDFError: Error, Hashable, Sendable {
  /// As many documents as may wait are waiting already.
  case busy
  /// The C library refused: no memory, no font.
  case failed
}
