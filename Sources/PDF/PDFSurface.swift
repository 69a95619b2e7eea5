internal import CPango

/// The owner of cairo's surface and context: a PDF that is being written. Used on one thread.
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
    unsafe cairo_pdf_surface_set_metadata(
      surface, CAIRO_PDF_METADATA_TITLE, title.withoutNoncharacters)
  }

  deinit {
    unsafe cairo_destroy(context)
    unsafe cairo_surface_destroy(surface)
    // cairo may write until here.
    withExtendedLifetime(output) {}
  }

  func layout(_ text: PDFText, width: Double) -> TextLayout {
    TextLayout(text, width: width, on: self)
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

/// The owner of a Pango layout: text that was shaped and broken into lines.
@safe final class TextLayout {
  private let surface: PDFSurface
  private let layout: OpaquePointer

  fileprivate init(_ text: PDFText, width: Double, on surface: PDFSurface) {
    self.surface = surface
    unsafe layout = pango_cairo_create_layout(surface.context)
    let font = unsafe pango_font_description_from_string(
      "Noto Sans\(text.isBold ? " Bold" : "") \(text.size)")
    unsafe pango_layout_set_font_description(layout, font)
    unsafe pango_font_description_free(font)
    unsafe pango_layout_set_width(layout, Int32(width * Double(PANGO_SCALE)))
    unsafe pango_layout_set_wrap(layout, Int32(PANGO_WRAP_WORD_CHAR))
    let shown = text.text.withoutNoncharacters
    unsafe pango_layout_set_text(layout, shown, -1)
    // Pango turns left and right round for text that is written from the right.
    let isFromRight = unsafe pango_find_base_dir(shown, -1) == Int32(PANGO_DIRECTION_RTL)
    let alignment =
      switch text.alignment {
      case .left: isFromRight ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT
      case .center: PANGO_ALIGN_CENTER
      case .right: isFromRight ? PANGO_ALIGN_LEFT : PANGO_ALIGN_RIGHT
      }
    unsafe pango_layout_set_alignment(layout, Int32(alignment))
  }

  deinit {
    unsafe g_object_unref(UnsafeMutableRawPointer(layout))
  }

  /// Points.
  var height: Double {
    var height: Int32 = 0
    unsafe pango_layout_get_size(layout, nil, &height)
    return Double(height) / Double(PANGO_SCALE)
  }

  func draw(atX x: Double, y: Double) {
    unsafe cairo_move_to(surface.context, x, y)
    unsafe pango_cairo_show_layout(surface.context, layout)
  }

  /// One line, for text that goes over pages.
  @safe struct Line {
    fileprivate let layout: TextLayout
    fileprivate let line: OpaquePointer
    fileprivate let left: Double
    fileprivate let ascent: Double
    let height: Double

    func draw(atX x: Double, y: Double) {
      unsafe cairo_move_to(layout.surface.context, x + left, y + ascent)
      unsafe pango_cairo_show_layout_line(layout.surface.context, line)
    }
  }

  var lines: [Line] {
    guard let iterator = unsafe pango_layout_get_iter(layout) else { return [] }
    defer { unsafe pango_layout_iter_free(iterator) }
    var lines: [Line] = []
    let scale = Double(PANGO_SCALE)
    repeat {
      guard let line = unsafe pango_layout_iter_get_line_readonly(iterator) else { break }
      var extents = PangoRectangle()
      unsafe pango_layout_iter_get_line_extents(iterator, nil, &extents)
      let baseline = unsafe pango_layout_iter_get_baseline(iterator)
      unsafe lines.append(
        Line(
          layout: self, line: line, left: Double(extents.x) / scale,
          ascent: Double(baseline - extents.y) / scale, height: Double(extents.height) / scale))
    } while unsafe pango_layout_iter_next_line(iterator) != 0
    return lines
  }
}

extension String {
  /// Cairo refuses what Unicode keeps for programs' own use, and with it the whole file.
  fileprivate var withoutNoncharacters: String {
    guard unicodeScalars.contains(where: \.properties.isNoncharacterCodePoint) else { return self }
    let shown = unicodeScalars.map { $0.properties.isNoncharacterCodePoint ? "\u{FFFD}" : $0 }
    return String(String.UnicodeScalarView(shown))
  }
}
