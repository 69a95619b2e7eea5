import CMongoc

/// Owns a `bson_t` that libbson allocated.
///
/// Debian's libbson wants its structures on 128-byte boundaries, which Swift does not promise for
/// its own values: so they live only where libbson's allocator has put them.
@safe
struct NativeDocument: ~Copyable {
  /// Valid only while this value lives.
  let pointer: OpaquePointer

  /// An empty document.
  init() {
    unsafe pointer = bson_new()
  }

  init(_ document: BSONDocument) throws(MongoError) {
    self.init()
    let encoder = BSONEncoder()
    try encode(document, with: encoder)
  }

  deinit {
    unsafe bson_destroy(pointer)
  }

  /// Replaces the content, keeping the memory.
  func encode(_ document: BSONDocument, with encoder: BSONEncoder) throws(MongoError) {
    unsafe bson_reinit(pointer)
    try unsafe encoder.append(document, to: pointer)
  }
}

/// Owns the memory of a `bson_t` that a function of libmongoc fills in.
@safe
struct NativeReply: ~Copyable {
  /// Valid only while this value lives.
  let pointer: OpaquePointer

  init() {
    unsafe pointer = OpaquePointer(bson_aligned_alloc0(128, 128))
    // A function that fails early may leave it as it is. Filling in an empty one leaks nothing.
    unsafe bson_init(pointer)
  }

  deinit {
    unsafe bson_destroy(pointer)
    unsafe bson_free(UnsafeMutableRawPointer(pointer))
  }

  func decoded() throws(MongoError) -> BSONDocument {
    try unsafe EncodedDocument(pointer).decoded()
  }
}
