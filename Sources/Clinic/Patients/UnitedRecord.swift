import Postgres

/// What a merge adds to the survivor's own record: what is known of the old patient and not of the
/// survivor must not be lost sight of, an allergy above all. `patient_merges.united` keeps what was
/// added, so that it can be taken away again.
enum UnitedRecord {
  private static let lists = ["allergies", "chronic_conditions"]
  /// Taken over where the survivor has none.
  private static let texts = ["phone", "email", "address"]

  /// Notes what the survivor is going to get, of a merge whose two patients are locked.
  ///
  /// Gives, of what is added, the first member that would be longer than a record's may be: whoever
  /// wrote it could not change it any more.
  static func keep(_ merge: Int64) -> SQL {
    let added = lists.map { list -> SQL in
      """
      '\(raw: list)', (SELECT jsonb_agg(a ORDER BY n) FROM unnest(o.\(raw: list)) \
      WITH ORDINALITY u (a, n) WHERE lower(a) <> ALL(SELECT lower(b) FROM unnest(s.\(raw: list)) b))
      """
    }
    let taken = (texts + ["emergency_contact"]).map { name -> SQL in
      "'\(raw: name)', CASE WHEN s.\(raw: name) IS NULL THEN to_jsonb(o.\(raw: name)) END"
    }
    let history: SQL = """
      'medical_history', CASE WHEN strpos(coalesce(s.medical_history, ''), o.medical_history) = 0 \
      THEN jsonb_build_object('before', s.medical_history, 'after', \
      concat_ws(E'\\n\\n', s.medical_history, o.medical_history)) END
      """
    let tooLong =
      lists.map { list -> SQL in
        """
        WHEN cardinality(s.\(raw: list)) + jsonb_array_length(m.united -> '\(raw: list)') \
        > \(Lines.counts.upperBound) THEN '\(raw: list)'
        """
      } + [
        """
        WHEN char_length(m.united #>> '{medical_history,after}') > \(LongText.lengths.upperBound) \
        THEN 'medical_history'
        """
      ]
    return """
      UPDATE patient_merges m SET united = jsonb_strip_nulls(jsonb_build_object(\
      \(sql: (added + taken + [history]).joined(separator: ", ")))) \
      FROM patients s, patients o \
      WHERE m.id = \(merge) AND s.id = m.survivor_id AND o.id = m.merged_id RETURNING CASE \
      \(sql: tooLong.joined(separator: " ")) END
      """
  }

  /// Gives it to the survivor, and returns him or her.
  static func unite(_ merge: Int64) -> SQL {
    let changes =
      lists.map { list -> SQL in "\(raw: list) = s.\(raw: list) || \(sql: added(list))" }
      + texts.map { text -> SQL in
        "\(raw: text) = coalesce(s.\(raw: text), m.united ->> '\(raw: text)')"
      }
    return """
      UPDATE patients s SET \(sql: changes.joined(separator: ", ")), \
      emergency_contact = coalesce(s.emergency_contact, m.united -> 'emergency_contact'), \
      medical_history = coalesce(m.united #>> '{medical_history,after}', s.medical_history), \
      updated_at = now(), version = s.version + 1 FROM patient_merges m \
      WHERE m.id = \(merge) AND s.id = m.survivor_id RETURNING \(sql: Patient.columns(of: "s"))
      """
  }

  /// Takes away from the survivor what he or she got and what is still as it was then.
  static func part(_ merge: Int64) -> SQL {
    let changes =
      lists.map { list -> SQL in
        """
        \(raw: list) = ARRAY(SELECT a FROM unnest(s.\(raw: list)) WITH ORDINALITY u (a, n) \
        WHERE a <> ALL(\(sql: added(list))) ORDER BY n)
        """
      }
      + texts.map { text -> SQL in
        "\(raw: text) = nullif(s.\(raw: text), m.united ->> '\(raw: text)')"
      }
    return """
      UPDATE patients s SET \(sql: changes.joined(separator: ", ")), \
      emergency_contact = nullif(s.emergency_contact, m.united -> 'emergency_contact'), \
      medical_history = CASE WHEN s.medical_history = m.united #>> '{medical_history,after}' \
      THEN m.united #>> '{medical_history,before}' ELSE s.medical_history END, \
      updated_at = now(), version = s.version + 1 FROM patient_merges m \
      WHERE m.id = \(merge) AND s.id = m.survivor_id AND m.united <> '{}'
      """
  }

  private static func added(_ list: String) -> SQL {
    "ARRAY(SELECT jsonb_array_elements_text(m.united -> '\(raw: list)'))"
  }
}
