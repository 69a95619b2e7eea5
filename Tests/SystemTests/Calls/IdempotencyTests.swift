import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// A repeat of a call with its key returns the first reply and changes nothing.
@Suite struct IdempotencyTests {
  @Test("a key belongs to its caller and its method")
  func scope() async throws {
    try await TestClinic.run(1) { clinic in
      let one = try await clinic.connect(.reception)
      let two = try await clinic.connect(.reception)
      let patients = try await clinic.patients(2)
      let first = try await one.call(
        "patients.update", ["id": .int(patients[0]), "address": "A", "idempotency_key": "k"])
      // Another caller, another method: other keys.
      let second = try await two.call(
        "patients.update", ["id": .int(patients[1]), "address": "B", "idempotency_key": "k"])
      let token = try await one.call(
        "queue.walk_in", ["patient_id": .int(patients[0]), "idempotency_key": "k"])
      #expect(try second.integer("id") == patients[1])
      #expect(try token.integer("number") == 1)
      let again = try await one.call(
        "patients.update", ["id": .int(patients[0]), "address": "A", "idempotency_key": "k"])
      #expect(again.rawBytes == first.rawBytes)
      #expect(try await clinic.number("SELECT sum(version)::bigint FROM patients") == 4)
    }
  }

  @Test("rule 17: a call of the queue is repeated, whoever has left since")
  func doctorHasLeft() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let walkIn: JSON = [
        "patient_id": .int(try await clinic.patient()), "doctor_id": .int(doctor.id),
        "idempotency_key": "w",
      ]
      let call: JSON = ["doctor_id": .int(doctor.id), "idempotency_key": "c"]
      let first = [
        try await desk.call("queue.walk_in", walkIn), try await desk.call("queue.call_next", call),
      ]
      try await admin.call("users.update", ["id": .int(doctor.id), "enabled": false])
      let again = [
        try await desk.call("queue.walk_in", walkIn), try await desk.call("queue.call_next", call),
      ]
      #expect(again.map(\.rawBytes) == first.map(\.rawBytes))
      #expect(
        try await desk.outcome(
          "queue.call_next", ["doctor_id": .int(doctor.id), "idempotency_key": "w2"]
        ).reason == "not_a_doctor")
      #expect(
        try await clinic.number(
          "SELECT count(*) FROM audit_entries WHERE details::json->>'repeated' = 'true'") == 2)
    }
  }

  /// As a call on another day of the queue does, which has locked another row.
  @Test("rule 1: a key that somebody uses at the same moment is waited for, and told as used")
  func usedMeanwhile() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let desk = try await clinic.connect(member)
      let patient = try await clinic.patient()
      let reason = try await withThrowingTaskGroup(of: String.self) { group in
        try await clinic.postgres.withTransaction { transaction in
          _ = try await transaction.query(
            """
            INSERT INTO idempotency_keys (caller, method, key, params, reply) \
            VALUES ('user:' || \(member.id) || ' RECEPTION', 'queue.walk_in', 'k', ''::bytea, '{}')
            """)
          group.addTask {
            try await desk.outcome(
              "queue.walk_in", ["patient_id": .int(patient), "idempotency_key": "k"]
            ).reason
          }
          try await eventually("it waits for the key") {
            try await clinic.number(
              """
              SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
              AND wait_event_type = 'Lock'
              """) > 0
          }
        }
        return try await group.next()
      }
      #expect(reason == "idempotency_key_reused")
      #expect(try await clinic.number("SELECT count(*) FROM queue_tokens") == 0)
    }
  }

  @Test("the same key with other params is a conflict; the same params written otherwise are not")
  func params() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let first = try await desk.call(
        "patients.create",
        .raw(
          #"{"name":"Asha","estimated_age":40,"emergency_contact":{"name":"Ravi","phone":"112"},"idempotency_key":"k"}"#
        ))
      let same = [
        #"{"idempotency_key":"k","estimated_age":40,"name":"Asha","emergency_contact":{"name":"Ravi","phone":"112"}}"#,
        #"{"name": "Asha", "estimated_age": 40, "emergency_contact": { "phone" : "112" , "name": "Ravi" }, "idempotency_key": "k"}"#,
        #"{"name":"\u0041sha","estimated_age":40.0,"emergency_contact":{"name":"Ravi","phone":"112"},"idempotency_key":"k"}"#,
      ]
      for text in same {
        #expect(try await desk.call("patients.create", .raw(text)).rawBytes == first.rawBytes)
      }
      let other = [
        #"{"name":"Ashb","estimated_age":40,"emergency_contact":{"name":"Ravi","phone":"112"},"idempotency_key":"k"}"#,
        #"{"name":"Asha","estimated_age":41,"emergency_contact":{"name":"Ravi","phone":"112"},"idempotency_key":"k"}"#,
        #"{"name":"Asha","estimated_age":40,"emergency_contact":{"name":"Ravi","phone":"113"},"idempotency_key":"k"}"#,
        #"{"name":"Asha","estimated_age":40,"idempotency_key":"k"}"#,
        #"{"name":"Asha","estimated_age":40,"emergency_contact":{"name":"Ravi","phone":"112"},"sex":"MALE","idempotency_key":"k"}"#,
      ]
      for text in other {
        let error = try await desk.refused("patients.create", .raw(text))
        #expect(error.code == -32004)
        #expect(error.reason == "idempotency_key_reused")
      }
      #expect(try await clinic.number("SELECT count(*) FROM patients") == 1)
    }
  }

  @Test("queue methods too: other params with a key are a conflict")
  func queueParams() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      let patients = try await clinic.patients(2)
      let first = try await desks[0].call(
        "queue.walk_in", ["patient_id": .int(patients[0]), "idempotency_key": "k"])
      for desk in desks {
        let again = try await desk.call(
          "queue.walk_in", ["idempotency_key": "k", "patient_id": .int(patients[0])])
        #expect(again.rawBytes == first.rawBytes)
        let error = try await desk.refused(
          "queue.walk_in", ["patient_id": .int(patients[1]), "idempotency_key": "k"])
        #expect(error.reason == "idempotency_key_reused")
      }
      #expect(try await clinic.number("SELECT count(*) FROM queue_tokens") == 1)
    }
  }

  @Test("only what was committed is kept: a refused call may be repeated with its key")
  func failuresAreNotKept() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let call: JSON = ["doctor_id": .int(doctor.id), "idempotency_key": "k"]
      #expect(try await desk.refused("queue.call_next", call).reason == "queue_empty")
      try await desk.call("queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      #expect(try await desk.call("queue.call_next", call).integer("number") == 1)

      let update: JSON = ["id": 77, "name": "Later", "idempotency_key": "k"]
      #expect(try await desk.refused("patients.update", update).reason == "not_found")
      _ = try await clinic.postgres.query(
        "ALTER TABLE patients ALTER COLUMN id RESTART WITH 77")
      try await desk.call("patients.create", ["name": "Now"])
      #expect(try await desk.call("patients.update", update).text("name") == "Later")
    }
  }

  @Test("the role is checked again before a kept reply is given")
  func roleIsCheckedAgain() async throws {
    try await TestClinic.run { clinic in
      let admin = try await clinic.admin()
      let member = try await clinic.member(.reception)
      let create: JSON = ["name": "Asha", "idempotency_key": "k"]
      try await clinic.connect(member, on: 0).call("patients.create", create)
      try await admin.call("users.update", ["id": .int(member.id), "role": "PHARMACIST"])
      for instance in [0, 1] {
        let caller = try await clinic.stranger(on: instance)
        try await caller.call("auth.login", member.login)
        #expect(try await caller.refused("patients.create", create).reason == "role_not_allowed")
      }
    }
  }

  @Test("keys are 1 to 200 characters of text, by name only; methods without one refuse it")
  func keysThemselves() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      for (key, reason) in [
        ("", "too_short"), (String(repeating: "k", count: 201), "too_long"),
      ] {
        let error = try await admin.refused(
          "patients.create", ["name": "Asha", "idempotency_key": .string(key)])
        #expect(error.reason == reason)
        #expect(error.data["field"] == .string("idempotency_key"))
      }
      let number = try await admin.refused(
        "patients.create", ["name": "Asha", "idempotency_key": 1])
      #expect(number.reason == "wrong_type")
      let long = String(repeating: "🔑", count: 200)
      try await admin.call("patients.create", ["name": "Asha", "idempotency_key": .string(long)])
      let change: JSON = ["current_password": "a password", "new_password": "another password"]
      for (method, params): (String, JSON) in [
        ("auth.change_password", change), ("patients.list", [:]), ("queue.today", [:]),
        ("auth.whoami", [:]),
      ] {
        let error = try await admin.refused(method, params.with("idempotency_key", "k"))
        #expect(error.reason == "unknown_param", "\(method)")
      }
    }
  }

  @Test("kept replies hold no params, and are gone after a day")
  func purged() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      try await admin.call("patients.create", ["name": "Old", "idempotency_key": "old"])
      try await admin.call("patients.create", ["name": "New", "idempotency_key": "new"])
      #expect(
        try await clinic.number("SELECT min(octet_length(params))::bigint FROM idempotency_keys")
          == 32)
      _ = try await clinic.postgres.query(
        "UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second' WHERE key = 'old'"
      )
      // The relay prunes when it begins to lead.
      try await clinic.daemons[0].restart()
      try await eventually("the old key is gone") {
        try await clinic.texts("SELECT key FROM idempotency_keys ORDER BY key") == ["new"]
      }
    }
  }

  @Test("rule 46: a reply that was kept for one role is not given to the next one")
  func roleOfAKey() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let params: JSON = [
        "patient_id": .int(try await clinic.patient()), "idempotency_key": "k",
      ]
      let token = try await clinic.connect(member).call("queue.walk_in", params)
      #expect(token["patient_name"] != nil)
      try await clinic.admin().call("users.update", ["id": .int(member.id), "role": "KIOSK"])
      let kiosk = try await clinic.stranger()
      try await kiosk.call("auth.login", member.login)
      #expect(try await kiosk.refused("queue.walk_in", params).reason == "not_your_patient")
    }
  }

  @Test("rule 47: a repeat is audited as one, with what the first call was about")
  func audit() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let patient: JSON = ["name": "Asha", "phone": "0207946000", "idempotency_key": "p"]
      let id = try await desk.call("patients.create", patient).integer("id")
      try await desk.call("patients.create", patient)
      let token: JSON = ["patient_id": .int(id), "idempotency_key": "t"]
      let name = try await desk.call("queue.walk_in", token).text("token")
      try await desk.call("queue.walk_in", token)
      let entries = try await clinic.texts(
        """
        SELECT concat_ws(' ', method, resource_type, resource_id, outcome, details) \
        FROM audit_entries WHERE method IN ('patients.create', 'queue.walk_in') ORDER BY id
        """)
      #expect(
        entries == [
          "patients.create patient \(id) ok",
          #"patients.create patient \#(id) ok {"repeated":true}"#,
          "queue.walk_in patient \(id) ok", #"queue.walk_in patient \#(id) ok {"repeated":true}"#,
        ], "\(name)")
    }
  }
}
