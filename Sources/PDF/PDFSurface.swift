import CPango

/// The owner of cairo's surface and context and of Pango's: a PDF that is being written. Used on one
/// thread.
@safe final class PDFSurface {
  /// A4, in points.
  static let pageWidth = 595.28
  static let pageHeight = 841.89

  /// What cairo has written so far.
  private final class Output {
    var bytes: [UInt8] = []
  }
  private let output = Output()
  private let surface: OpaquePointer
  fileprivate let context: OpaquePointer
  fileprivate let pango: OpaquePointer

  init(title: String) throws(PDFError) {
    let opaque = unsafe Unmanaged.passUnretained(output).toOpaque()
    let made = unsafe cairo_pdf_surface_create_for_stream(
      { closure, data, length in
        guard let closure = unsafe closure, let data = unsafe data else {
          return CAIRO_STATUS_WRITE_ERROR
        }
        let output = unsafe Unmanaged<Output>.fromOpaque(closure).takeUnretainedValue()
        unsafe output.bytes.append(
          contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
        return CAIRO_STATUS_SUCCESS
      }, opaque, Self.pageWidth, Self.pageHeight)
    guard let surface = unsafe made else { throw .failed }
    guard let context = unsafe cairo_create(surface) else {
      unsafe cairo_surface_destroy(surface)
      throw .failed
    }
    unsafe self.surface = surface
    unsafe self.context = context
    unsafe pango = pango_cairo_create_context(context)
    // A unit of the page is a point, and nothing is drawn on a grid.
    unsafe pango_cairo_context_set_resolution(pango, 72)
    unsafe pango_context_set_round_glyph_positions(pango, 0)
    unsafe cairo_pdf_surface_set_metadata(
      surface, CAIRO_PDF_METADATA_TITLE, title.paragraphs.joined(separator: " "))
  }

  deinit {
    unsafe g_object_unref(UnsafeMutableRawPointer(pango))
    unsafe cairo_destroy(context)
    unsafe cairo_surface_destroy(surface)
    // cairo may write until here.
    withExtendedLifetime(output) {}
  }

  /// The lines of a text, none wider than `width`; without a width, one line for each paragraph.
  func lines(of text: PDFText, width: Double? = nil) -> [TextLine] {
    text.text.paragraphs.flatMap { paragraph in
      Paragraph(paragraph, as: text, width: width, on: self).lines
    }
  }

  /// One line, which ends with an ellipsis where there is no room for all of it.
  func line(of text: PDFText, width: Double) -> [TextLine] {
    let paragraph = text.text.paragraphs.joined(separator: " ")
    return Paragraph(paragraph, as: text, width: width, isOneLine: true, on: self).lines
  }

  func line(fromX start: Double, toX end: Double, y: Double) {
    unsafe cairo_set_line_width(context, 0.5)
    unsafe cairo_move_to(context, start, y)
    unsafe cairo_line_to(context, end, y)
    unsafe cairo_stroke(context)
  }

  func endPage() {
    unsafe cairo_show_page(context)
  }

  /// The whole file. Nothing can follow.
  func finish() throws(PDFError) -> [UInt8] {
    unsafe cairo_surface_finish(surface)
    guard unsafe cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS,
      unsafe cairo_status(context) == CAIRO_STATUS_SUCCESS
    else { throw .failed }
    return output.bytes
  }
}

/// The owner of a Pango layout: a paragraph that was shaped and broken into lines. Each paragraph
/// is laid out alone, since Pango gives one without letters the direction of the paragraph before.
@safe private final class Paragraph {
  let surface: PDFSurface
  private let layout: OpaquePointer
  /// The ascent of Noto Sans, the least of every line, so that texts in several scripts stand on
  /// the same line of a row.
  private let ascent: Double
  private let descent: Double

  init(
    _ paragraph: String, as text: PDFText, width: Double?, isOneLine: Bool = false,
    on surface: PDFSurface
  ) {
    self.surface = surface
    unsafe layout = pango_layout_new(surface.pango)
    let font = unsafe pango_font_description_from_string(
      "Noto Sans\(text.isBold ? " Bold" : "") \(text.size)")
    unsafe pango_layout_set_font_description(layout, font)
    let metrics = unsafe pango_context_get_metrics(surface.pango, font, nil)
    unsafe ascent = Double(pango_font_metrics_get_ascent(metrics)) / Double(PANGO_SCALE)
    unsafe descent = Double(pango_font_metrics_get_descent(metrics)) / Double(PANGO_SCALE)
    unsafe pango_font_metrics_unref(metrics)
    unsafe pango_font_description_free(font)
    if let width {
      unsafe pango_layout_set_width(layout, Int32(max(width, 0) * Double(PANGO_SCALE)))
    }
    unsafe pango_layout_set_wrap(layout, Int32(PANGO_WRAP_WORD_CHAR))
    // A hyphen would be taken for a part of what is written.
    let attributes = unsafe pango_attr_list_new()
    unsafe pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(0))
    unsafe pango_layout_set_attributes(layout, attributes)
    unsafe pango_attr_list_unref(attributes)
    if isOneLine { unsafe pango_layout_set_ellipsize(layout, Int32(PANGO_ELLIPSIZE_END)) }
    unsafe pango_layout_set_text(layout, paragraph, -1)
    // Pango turns left and right round for text that is written from the right.
    let isFromRight = unsafe pango_find_base_dir(paragraph, -1) == Int32(PANGO_DIRECTION_RTL)
    let alignment =
      switch text.alignment {
      case .left: isFromRight ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT
      case .center: PANGO_ALIGN_CENTER
      case .right: isFromRight ? PANGO_ALIGN_LEFT : PANGO_ALIGN_RIGHT
      case .start: PANGO_ALIGN_LEFT
      }
    unsafe pango_layout_set_alignment(layout, Int32(alignment))
  }

  deinit {
    unsafe g_object_unref(UnsafeMutableRawPointer(layout))
  }

  var lines: [TextLine] {
    guard let iterator = unsafe pango_layout_get_iter(layout) else { return [] }
    defer { unsafe pango_layout_iter_free(iterator) }
    var lines: [TextLine] = []
    let scale = Double(PANGO_SCALE)
    repeat {
      guard let line = unsafe pango_layout_iter_get_line_readonly(iterator) else { break }
      var extents = PangoRectangle()
      unsafe pango_layout_iter_get_line_extents(iterator, nil, &extents)
      let baseline = unsafe pango_layout_iter_get_baseline(iterator)
      let ascent = max(ascent, Double(baseline - extents.y) / scale)
      let descent = max(descent, Double(extents.y + extents.height - baseline) / scale)
      unsafe lines.append(
        TextLine(
          paragraph: self, line: line, left: Double(extents.x) / scale,
          width: Double(extents.width) / scale, ascent: ascent, height: ascent + descent))
    } while unsafe pango_layout_iter_next_line(iterator) != 0
    return lines
  }
}

/// A line of text that can be drawn. All lengths are points.
@safe struct TextLine {
  fileprivate let paragraph: Paragraph
  fileprivate let line: OpaquePointer
  /// Where the line begins, after alignment.
  let left: Double
  let width: Double
  /// From the top of the line down to its baseline.
  let ascent: Double
  let height: Double

  func draw(atX x: Double, y: Double) {
    unsafe cairo_move_to(paragraph.surface.context, x + left, y + ascent)
    unsafe pango_cairo_show_layout_line(paragraph.surface.context, line)
  }
}

extension [TextLine] {
  var height: Double { reduce(0) { $0 + $1.height } }

  func draw(atX x: Double, y: Double) {
    var y = y
    for line in self {
      line.draw(atX: x, y: y)
      y += line.height
    }
  }
}

extension String {
  /// The paragraphs of the text, without what cannot be drawn: no font has control characters, and
  /// cairo refuses a whole file with characters that Unicode keeps for the internal use of
  /// programs.
  fileprivate var paragraphs: [String] {
    split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { paragraph in
      var shown = String.UnicodeScalarView()
      for scalar in paragraph.unicodeScalars {
        if scalar.properties.isNoncharacterCodePoint {
          shown.append("\u{FFFD}")
        } else if scalar == "\t" || scalar.properties.generalCategory != .control {
          shown.append(scalar)
        }
      }
      return String(shown)
    }
  }
}
