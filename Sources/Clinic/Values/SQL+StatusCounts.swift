import Postgres

extension SQL {
  /// A name and a count for each status that rows can have, as `json_build_object` takes them.
  static func counts<Status: CaseIterable & RawRepresentable<String>>(
    of statuses: Status.Type
  ) -> SQL {
    statuses.allCases.map(\.rawValue).map { status -> SQL in
      "'\(raw: status.lowercased())', count(*) FILTER (WHERE status = '\(raw: status)')"
    }.joined(separator: ", ")
  }
}
