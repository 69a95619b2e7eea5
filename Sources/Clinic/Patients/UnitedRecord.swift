import Postgres

/// What a merge adds to the survivor's own record: what is known of the old patient and not of the
/// survivor must not get lost, an allergy above all. `patient_merges.united` keeps what was added,
/// so that it can be taken away again.
///
/// A value that several merged patients contributed is removed only when the last of those merges
/// is undone. Each merge stores everything its patient contributed to a list; only one contact can
/// be in use, so the others are kept in `waiting`. A history that was in the survivor's already,
/// because other merges have added it, is kept as `shared_history`.
enum UnitedRecord {
  private static let lists = ["allergies", "chronic_conditions"]
  /// Texts that are taken over where the survivor has none.
  private static let texts = ["phone", "email", "address"]
  private static let contacts = texts + ["emergency_contact"]
  private static let histories = ["medical_history", "shared_history"]

  /// Records what the survivor will get from a merge, whose two patients are locked.
  ///
  /// Gives the first member that would become longer than a record may be, if there is one: it
  /// could not be edited any more.
  static func keep(_ merge: Int64) -> SQL {
    let added = lists.map { list -> SQL in
      """
      '\(raw: list)', (SELECT jsonb_agg(a ORDER BY n) FROM unnest(o.\(raw: list)) \
      WITH ORDINALITY u (a, n) WHERE lower(a) <> ALL(SELECT lower(b) FROM unnest(s.\(raw: list)) b) \
      OR lower(a) IN (\(sql: shared(list))))
      """
    }
    let taken = contacts.map { name -> SQL in
      "'\(raw: name)', CASE WHEN s.\(raw: name) IS NULL THEN to_jsonb(o.\(raw: name)) END"
    }
    let waiting = contacts.map { name -> SQL in
      """
      '\(raw: name)', CASE WHEN to_jsonb(s.\(raw: name)) IN \
      (SELECT x.united -> '\(raw: name)' FROM \(sql: others)) THEN to_jsonb(o.\(raw: name)) END
      """
    }
    let history: SQL = """
      'medical_history', CASE WHEN NOT has_paragraphs(s.medical_history, o.medical_history) \
      THEN to_jsonb(o.medical_history) END, 'shared_history', \
      CASE WHEN has_paragraphs(s.medical_history, o.medical_history) \
      AND NOT has_paragraphs(\(sql: ownHistory), o.medical_history) \
      THEN to_jsonb(o.medical_history) END
      """
    let tooLong =
      lists.map { list -> SQL in
        """
        WHEN cardinality(s.\(raw: list)) + cardinality(\(sql: new(list))) \
        > \(Lines.counts.upperBound) THEN '\(raw: list)'
        """
      } + [
        """
        WHEN char_length(\(sql: unitedHistory)) > \(LongText.lengths.upperBound) \
        AND s.medical_history IS DISTINCT FROM \(sql: unitedHistory) THEN 'medical_history'
        """
      ]
    return """
      UPDATE patient_merges m SET united = jsonb_strip_nulls(jsonb_build_object(\
      \(sql: (added + taken + [history]).joined(separator: ", ")), 'waiting', \
      jsonb_build_object(\(sql: waiting.joined(separator: ", "))))) \
      FROM patients s, patients o \
      WHERE m.id = \(merge) AND s.id = m.survivor_id AND o.id = m.merged_id RETURNING CASE \
      \(sql: tooLong.joined(separator: " ")) END
      """
  }

  /// Adds what was recorded to the survivor, and returns him or her.
  static func unite(_ merge: Int64) -> SQL {
    let changes =
      lists.map { list -> SQL in "\(raw: list) = s.\(raw: list) || \(sql: new(list))" }
      + texts.map { text -> SQL in
        "\(raw: text) = coalesce(s.\(raw: text), m.united ->> '\(raw: text)')"
      }
    return """
      UPDATE patients s SET \(sql: changes.joined(separator: ", ")), \
      emergency_contact = coalesce(s.emergency_contact, m.united -> 'emergency_contact'), \
      medical_history = \(sql: unitedHistory), \
      updated_at = now(), version = s.version + 1 FROM patient_merges m \
      WHERE m.id = \(merge) AND s.id = m.survivor_id RETURNING \(sql: Patient.columns(of: "s"))
      """
  }

  /// Takes from the survivor what the merge added, as far as it is unchanged and no other merge
  /// contributes it.
  static func part(_ merge: Int64) -> [SQL] {
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
        THEN (SELECT x.united #>> '{waiting,\(raw: text)}' FROM \(sql: next(text))) \
        ELSE s.\(raw: text) END
        """
      }
    let part: SQL = """
      UPDATE patients s SET \(sql: changes.joined(separator: ", ")), \
      emergency_contact = CASE WHEN s.emergency_contact = m.united -> 'emergency_contact' \
      THEN (SELECT x.united #> '{waiting,emergency_contact}' \
      FROM \(sql: next("emergency_contact"))) ELSE s.emergency_contact END, \
      medical_history = \(sql: partedHistory), \
      updated_at = now(), version = s.version + 1 FROM patient_merges m \
      WHERE m.id = \(merge) AND s.id = m.survivor_id \
      AND m.united - ARRAY['waiting', 'shared_history'] <> '{}'
      """
    return [part] + contacts.map { promote($0, after: merge) } + [claimShared(after: merge)]
  }

  /// Forgets what merges added to a patient and is no longer there: if somebody writes it down
  /// again, it is not the merges' any more.
  static func forgetRemoved(from survivor: ID<Patient>) -> [SQL] {
    let kept = lists.map { list -> SQL in
      """
      '\(raw: list)', (SELECT jsonb_agg(b ORDER BY n) FROM jsonb_array_elements_text(\
      m.united -> '\(raw: list)') WITH ORDINALITY u (b, n) \
      WHERE lower(b) = ANY(SELECT lower(a) FROM unnest(s.\(raw: list)) a))
      """
    }
    let same = contacts.map { name -> SQL in
      """
      '\(raw: name)', CASE WHEN to_jsonb(s.\(raw: name)) = m.united -> '\(raw: name)' \
      THEN m.united -> '\(raw: name)' END
      """
    }
    let history: SQL = """
      'medical_history', CASE WHEN has_paragraphs(s.medical_history, \(sql: history(of: "m"))) \
      THEN m.united -> 'medical_history' END, 'shared_history', \
      CASE WHEN has_paragraphs(s.medical_history, m.united ->> 'shared_history') \
      THEN m.united -> 'shared_history' END
      """
    let claims = (kept + same + [history]).joined(separator: ", ")
    let merges: SQL = """
      patient_merges m JOIN patients s ON s.id = m.survivor_id WHERE s.id = \(survivor) \
      AND m.undone_at IS NULL
      """
    return [
      """
      UPDATE patient_merges y SET united = left_over.united FROM (SELECT m.id, m.united \
      - \(lists + contacts + histories) || jsonb_strip_nulls(jsonb_build_object(\(sql: claims))) \
      AS united FROM \(sql: merges)) left_over \
      WHERE y.id = left_over.id AND y.united <> left_over.united
      """,
      // A history that was shared with a merge is the survivor's own once that merge has lost it.
      """
      UPDATE patient_merges y SET united = y.united - 'shared_history' FROM \
      (SELECT m.id FROM \(sql: merges) \
      AND has_paragraphs(\(sql: ownHistory), m.united ->> 'shared_history')) own WHERE y.id = own.id
      """,
    ]
  }

  // MARK: - Others

  /// The other merges into the same survivor that are still in effect.
  private static let others: SQL = """
    (SELECT * FROM patient_merges x WHERE x.survivor_id = m.survivor_id AND x.id <> m.id \
    AND x.undone_at IS NULL) x
    """

  /// What those merges contribute to a list.
  private static func shared(_ list: String) -> SQL {
    """
    SELECT lower(b) FROM \(sql: others), jsonb_array_elements_text(x.united -> '\(raw: list)') b
    """
  }

  /// The first of those merges whose contact waits.
  private static func next(_ contact: String) -> SQL {
    """
    (SELECT * FROM \(sql: others) WHERE x.united -> 'waiting' ? '\(raw: contact)' \
    ORDER BY x.id LIMIT 1) x
    """
  }

  /// Records that the contact of that merge no longer waits, since the survivor has it now.
  private static func promote(_ contact: String, after merge: Int64) -> SQL {
    """
    UPDATE patient_merges y SET united = jsonb_set(y.united #- '{waiting,\(raw: contact)}', \
    '{\(raw: contact)}', y.united #> '{waiting,\(raw: contact)}') \
    FROM patient_merges m JOIN patients s ON s.id = m.survivor_id, LATERAL \(sql: next(contact)) \
    WHERE m.id = \(merge) AND m.united ? '\(raw: contact)' AND y.id = x.id \
    AND to_jsonb(s.\(raw: contact)) = x.united #> '{waiting,\(raw: contact)}'
    """
  }

  // MARK: - Lists and histories

  /// What the survivor does not have yet of a list.
  private static func new(_ list: String) -> SQL {
    """
    ARRAY(SELECT a FROM jsonb_array_elements_text(m.united -> '\(raw: list)') \
    WITH ORDINALITY u (a, n) WHERE lower(a) <> ALL(SELECT lower(b) FROM unnest(s.\(raw: list)) b) \
    ORDER BY n)
    """
  }

  /// The history that a merge contributes. Older merges recorded the survivor's history before and
  /// after instead.
  private static func history(of merge: String) -> SQL {
    """
    coalesce(substr(\(raw: merge).united #>> '{medical_history,after}', \
    coalesce(char_length(\(raw: merge).united #>> '{medical_history,before}') + 3, 1)), \
    \(raw: merge).united ->> 'medical_history')
    """
  }

  /// The survivor's history with the contributed one at its end, unless it contains that already.
  private static let unitedHistory: SQL = """
    CASE WHEN NOT has_paragraphs(s.medical_history, \(sql: history(of: "m"))) \
    THEN concat_ws(E'\\n\\n', s.medical_history, \(sql: history(of: "m"))) \
    ELSE s.medical_history END
    """

  /// What the other merges have added to the history.
  private static let otherHistories: SQL = """
    ARRAY(SELECT \(sql: history(of: "x")) FROM \(sql: others) \
    WHERE \(sql: history(of: "x")) IS NOT NULL)
    """

  /// The survivor's history without what the other merges have added.
  private static let ownHistory: SQL =
    "without_paragraphs(s.medical_history, \(sql: otherHistories))"

  /// The survivor's history without what this merge has added, but with what others bring.
  private static let partedHistory: SQL = """
    parted_history(s.medical_history, \(sql: history(of: "m")), \(sql: otherHistories), \
    ARRAY(SELECT x.united ->> 'shared_history' FROM \(sql: others) \
    WHERE x.united ? 'shared_history'))
    """

  /// Records that histories which were a part of what is gone stand in the survivor's of their own
  /// now.
  private static func claimShared(after merge: Int64) -> SQL {
    """
    UPDATE patient_merges y SET united = y.united - 'shared_history' \
    || jsonb_build_object('medical_history', y.united -> 'shared_history') \
    FROM patient_merges m JOIN patients s ON s.id = m.survivor_id WHERE m.id = \(merge) \
    AND y.survivor_id = m.survivor_id AND y.id <> m.id AND y.undone_at IS NULL \
    AND has_paragraphs(\(sql: ownHistory), y.united ->> 'shared_history')
    """
  }
}
