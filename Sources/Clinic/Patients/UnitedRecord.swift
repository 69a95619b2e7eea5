import Postgres

/// What a merge adds to the survivor's own record: what is known of the old patient and not of the
/// survivor must not be lost sight of, an allergy above all. `patient_merges.united` keeps what was
/// added, so that it can be taken away again. What several patients bring is in each one's merge:
/// it goes when the last of them does.
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
      WITH ORDINALITY u (a, n) WHERE lower(a) <> ALL(SELECT lower(b) FROM unnest(s.\(raw: list)) b) \
      OR lower(a) IN (\(sql: shared(list))))
      """
    }
    let taken = (texts + ["emergency_contact"]).map { name -> SQL in
      """
      '\(raw: name)', CASE WHEN s.\(raw: name) IS NULL OR to_jsonb(s.\(raw: name)) IN \
      (SELECT x.united -> '\(raw: name)' FROM \(sql: others)) THEN to_jsonb(o.\(raw: name)) END
      """
    }
    let history: SQL = """
      'medical_history', CASE WHEN strpos(coalesce(s.medical_history, ''), o.medical_history) = 0 \
      THEN jsonb_build_object('before', s.medical_history, 'after', \
      concat_ws(E'\\n\\n', s.medical_history, o.medical_history)) END
      """
    let tooLong =
      lists.map { list -> SQL in
        """
        WHEN cardinality(s.\(raw: list)) + cardinality(\(sql: new(list))) \
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
      lists.map { list -> SQL in "\(raw: list) = s.\(raw: list) || \(sql: new(list))" }
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

  /// Takes away from the survivor what he or she got, what is still as it was then, and what nobody
  /// else brings.
  static func part(_ merge: Int64) -> SQL {
    let changes =
      lists.map { list -> SQL in
        """
        \(raw: list) = ARRAY(SELECT a FROM unnest(s.\(raw: list)) WITH ORDINALITY u (a, n) \
        WHERE lower(a) NOT IN (SELECT lower(b) FROM jsonb_array_elements_text(\
        m.united -> '\(raw: list)') b) OR lower(a) IN (\(sql: shared(list))) ORDER BY n)
        """
      }
      + texts.map { text -> SQL in
        """
        \(raw: text) = CASE WHEN s.\(raw: text) = m.united ->> '\(raw: text)' \
        THEN \(sql: next(text)) #>> '{}' ELSE s.\(raw: text) END
        """
      }
    return """
      UPDATE patients s SET \(sql: changes.joined(separator: ", ")), \
      emergency_contact = CASE WHEN s.emergency_contact = m.united -> 'emergency_contact' \
      THEN \(sql: next("emergency_contact")) ELSE s.emergency_contact END, \
      medical_history = CASE WHEN s.medical_history = m.united #>> '{medical_history,after}' \
      AND NOT EXISTS (SELECT FROM \(sql: others) JOIN patients o ON o.id = x.merged_id \
      AND strpos(coalesce(m.united #>> '{medical_history,before}', ''), o.medical_history) = 0) \
      THEN m.united #>> '{medical_history,before}' ELSE s.medical_history END, \
      updated_at = now(), version = s.version + 1 FROM patient_merges m \
      WHERE m.id = \(merge) AND s.id = m.survivor_id AND m.united <> '{}'
      """
  }

  /// The other patients who were merged into the same one and are so still.
  private static let others: SQL = """
    (SELECT * FROM patient_merges x WHERE x.survivor_id = m.survivor_id AND x.id <> m.id \
    AND x.undone_at IS NULL) x
    """

  /// What they bring of a list.
  private static func shared(_ list: String) -> SQL {
    """
    SELECT lower(b) FROM \(sql: others), jsonb_array_elements_text(x.united -> '\(raw: list)') b
    """
  }

  /// What the first of them brings.
  private static func next(_ member: String) -> SQL {
    """
    (SELECT x.united -> '\(raw: member)' FROM \(sql: others) WHERE x.united ? '\(raw: member)' \
    ORDER BY x.id LIMIT 1)
    """
  }

  /// What the survivor has not got yet of a list.
  private static func new(_ list: String) -> SQL {
    """
    ARRAY(SELECT a FROM jsonb_array_elements_text(m.united -> '\(raw: list)') \
    WITH ORDINALITY u (a, n) WHERE lower(a) <> ALL(SELECT lower(b) FROM unnest(s.\(raw: list)) b) \
    ORDER BY n)
    """
  }
}
