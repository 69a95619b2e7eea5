import Clinic
import JSONRPC
import Testing

/// `/metrics` of a real daemon.
@Suite struct WebMetricsTests {
  @Test("calls, connections, subscriptions, stores and the process are counted")
  func metrics() async throws {
    try await TestClinic.run(1) { clinic in
      let daemon = clinic.daemons[0]
      let web = try HTTPClient(daemon)
      let desk = try await clinic.connect(.reception)
      _ = try await desk.subscribe()
      for _ in 0..<3 { try await desk.call("system.ping") }
      _ = try await desk.refused("patients.get", ["id": 999_999])
      _ = try await desk.raw("no.such\"method\n")
      #expect(try await web.call("system.ping").status == 200)

      let answer = try await web.get("/metrics")
      #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      let metrics = try PrometheusText(answer.text)
      func calls(_ method: String, _ code: String) -> Double? {
        metrics["clinicd_calls_total", ["method": method, "code": code]]
      }
      #expect(calls("system.ping", "ok") ?? 0 >= 4)
      #expect(calls("patients.get", "-32003") == 1)
      #expect(calls("unknown", "-32601") == 1)
      #expect(metrics["clinicd_call_duration_seconds_count", ["group": "patients"]] == 1)
      #expect(metrics["clinicd_subscriptions", [:]] == 1)
      #expect(metrics["clinicd_connections", [:]] ?? 0 >= 2)
      #expect(metrics["clinicd_notification_bytes_pending", [:]] == 0)
      for store in ["postgresql", "redis", "mongodb"] {
        #expect(metrics["clinicd_store_up", ["store": store]] == 1)
      }
      #expect(metrics["clinicd_store_refusals_total", ["store": "postgresql"]] == 0)
      #expect(metrics["clinicd_postgres_connections", [:]] ?? 0 > 0)
      #expect(metrics["process_resident_memory_bytes", [:]] ?? 0 > 10_000_000)
      #expect(metrics["process_start_time_seconds", [:]] ?? 0 > 1_700_000_000)
    }
  }
}
