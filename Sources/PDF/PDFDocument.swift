/// What is to be printed: blocks from the top down, on as many A4 pages as they need.
public struct PDFDocument: Sendable {
  /// The title in the document's properties.
  public var title: String
  public var blocks: [PDFBlock]
  /// Stands at the foot of each page, beside its number, on one line.
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
  case table(PDFTable)
  /// Blocks kept on one page if they fit; a text may break after its beginning.
  case together([PDFBlock])
  /// A thin line.
  case rule
  /// Points.
  case space(Double)
}

public enum PDFAlignment: Sendable {
  case left, center, right
  /// The side where the script begins: at the right for Arabic.
  case start
}

/// Text in one size and weight. The writing direction of each paragraph is found from its letters.
public struct PDFText: Sendable {
  public var text: String
  /// Points.
  public var size: Double
  public var isBold: Bool
  public var alignment: PDFAlignment

  public init(
    _ text: String, size: Double = 11, isBold: Bool = false, alignment: PDFAlignment = .left
  ) {
    self.text = text
    self.size = size
    self.isBold = isBold
    self.alignment = alignment
  }
}

/// Rows under a header, which is repeated on each page. A row's cells stand on one page, with its
/// detail unless the detail is long.
public struct PDFTable: Sendable {
  public struct Column: Sendable {
    /// The column's part of the page's width: 0 to 1.
    public var share: Double
    /// The column widens to fit its widest number.
    public var isNumber: Bool

    public init(share: Double, isNumber: Bool = false) {
      self.share = share
      self.isNumber = isNumber
    }
  }

  public struct Row: Sendable {
    /// One cell for each column.
    public var cells: [PDFText]
    /// Stands under the cells, over the whole width.
    public var detail: PDFText?

    public init(_ cells: [PDFText], detail: PDFText? = nil) {
      self.cells = cells
      self.detail = detail
    }
  }

  public var columns: [Column]
  /// Empty for a table without a header.
  public var header: [PDFText]
  public var rows: [Row]

  public init(_ columns: [Column], header: [PDFText] = [], rows: [Row]) {
    self.columns = columns
    self.header = header
    self.rows = rows
  }
}

/// Why there is no PDF.
public enum PDFError: Error, Hashable, Sendable {
  /// The queue is full: as many documents wait as may.
  case busy
  /// The C library refused: no memory, no font.
  case failed
}
