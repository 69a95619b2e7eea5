import JSONRPC

/// Something to hand to a person: a prescription, a receipt, a day's summary. One document, four
/// renderings.
package struct PaperDocument: Sendable {
  package var title: String
  package var clinic: Letterhead
  package var parts: [PaperPart]

  package init(_ title: String, of clinic: Letterhead, parts: [PaperPart] = []) {
    self.title = title
    self.clinic = clinic
    self.parts = parts
  }
}

/// A part of a document; parts stand one below the other.
package enum PaperPart: Sendable {
  /// Who and when: labels and values.
  case fields([PaperField])
  case table(PaperTable)
  /// Sums, at the right; the last one stands out.
  case totals([PaperField])
  /// Text of some lines.
  case note(String, label: String? = nil)
  /// What nobody may overlook: `CANCELLED`.
  case stamp(String)
  /// A line to sign on, and whose signature it is.
  case signature(String)
}

/// A value and what it is called.
package struct PaperField: Sendable {
  package let label: String
  package let value: String

  package init(_ label: String, _ value: String) {
    self.label = label
    self.value = value
  }
}

/// Lines of cells under titles: medicines, billed items.
package struct PaperTable: Sendable {
  package struct Column: Sendable {
    package let title: String
    /// The column's part of the width, relative to the others.
    package let weight: Int
    package let isNumber: Bool
    /// What stands before the cell where there is no room for titles: `Qty `.
    package let prefix: String

    package init(_ title: String, weight: Int, isNumber: Bool = false, prefix: String = "") {
      self.title = title
      self.weight = weight
      self.isNumber = isNumber
      self.prefix = prefix
    }
  }

  package struct Row: Sendable {
    /// One cell for each column.
    package let cells: [String]
    /// Stands under the cells, over the whole width.
    package let detail: String?

    package init(_ cells: [String], detail: String? = nil) {
      self.cells = cells
      self.detail = detail
    }
  }

  package var columns: [Column]
  package var rows: [Row]

  package init(_ columns: [Column], rows: [Row] = []) {
    self.columns = columns
    self.rows = rows
  }
}

/// How a document is rendered.
package enum PaperFormat: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
  /// 80 columns.
  case text
  /// 42 columns, for the printer at the desk.
  case receipt
  /// A page of its own, to be printed by a browser.
  case html
  /// A4.
  case pdf
}

/// A rendered document.
package struct PrintedPaper: Codable, Sendable {
  package let format: PaperFormat
  package let contentType: String
  /// The text; for a PDF, its bytes in Base64.
  package let content: String
}
