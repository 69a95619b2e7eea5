import Clinic
import Host
import Postgres
import RPCServer

/// The figures of the clinic and of the process, for `/metrics`.
struct ClinicMetrics: Sendable {
  let clinic: Clinic
  /// Unix time in seconds.
  let startedAt: Int

  func write(to text: inout MetricsText) {
    text.family("clinicd_build_info", .gauge, "The program that runs.")
    text.sample(1, [("version", Daemon.version)])
    writeStores(to: &text)
    writePostgres(clinic.postgres.statistics, to: &text)
    writeProjections(clinic.relay.status, to: &text)
    writeProcess(.current(), to: &text)
  }

  private func writeStores(to text: inout MetricsText) {
    text.family("clinicd_store_up", .gauge, "Whether a store answers.")
    for store in clinic.stores { text.sample(store.isUp ? 1 : 0, [("store", store.name)]) }
    text.family(
      "clinicd_store_errors_total", .counter,
      "Connections to a store that were lost or not to be had, and probes without an answer.")
    for (store, failures) in clinic.storeFailures { text.sample(failures, [("store", store)]) }
    text.family(
      "clinicd_store_refusals_total", .counter,
      "Calls that a store refused although it answers: a full disk, a database that only reads.")
    text.sample(clinic.postgresRefusals.count, [("store", "postgresql")])
    text.single(
      "clinicd_staff_trusted", .gauge, "Whether what is known of the staff is up to date.",
      clinic.staff.isTrusted ? 1 : 0)
  }

  private func writePostgres(_ pool: PostgresStatistics, to text: inout MetricsText) {
    text.single(
      "clinicd_postgres_connections", .gauge, "Open connections to PostgreSQL.", pool.connections)
    text.single(
      "clinicd_postgres_transactions_in_use", .gauge, "Transactions that have a connection.",
      pool.transactionsInUse)
    text.single(
      "clinicd_postgres_transactions_waiting", .gauge, "Transactions that wait for a connection.",
      pool.transactionsWaiting)
    text.single(
      "clinicd_postgres_queries_in_flight", .gauge, "Queries outside of transactions.",
      pool.queriesInFlight)
    text.single(
      "clinicd_postgres_queries_total", .counter, "Queries outside of transactions.", pool.queries)
    text.single(
      "clinicd_postgres_transactions_total", .counter, "Transactions.", pool.transactions)
    text.family(
      "clinicd_postgres_errors_total", .counter, "Connections that were lost or never made.")
    text.sample(pool.connectionsLost, [("kind", "lost")])
    text.sample(pool.connectionsFailed, [("kind", "failed")])
  }

  /// The lag is known to the instance that ships the outbox.
  private func writeProjections(_ lag: Relay.Lag, to text: inout MetricsText) {
    text.single(
      "clinicd_outbox_leader", .gauge, "Whether this instance ships the outbox.",
      lag.isLeader ? 1 : 0)
    let behind = [
      ("audit_chain", lag.unsealed), ("audit_logs", lag.unshipped), ("history", lag.waiting),
    ]
    guard behind.contains(where: { $0.1 != nil }) else { return }
    text.family(
      "clinicd_outbox_lag_entries", .gauge, "Entries that a projection does not have yet.")
    for case (let projection, let count?) in behind {
      text.sample(count, [("projection", projection)])
    }
    if let oldest = lag.oldestSeconds {
      text.family(
        "clinicd_outbox_oldest_seconds", .gauge, "How long the oldest entry of the history waits.")
      text.sample(oldest)
    }
  }

  private func writeProcess(_ figures: ProcessFigures, to text: inout MetricsText) {
    text.single(
      "process_resident_memory_bytes", .gauge, "Memory in RAM.", figures.residentBytes)
    text.family("process_cpu_seconds_total", .counter, "Processor time.")
    text.sample(figures.cpuTime / .seconds(1))
    text.single("process_open_fds", .gauge, "Open files and sockets.", figures.openDescriptors)
    text.single("process_max_fds", .gauge, "As many may be open.", figures.descriptorLimit)
    text.single(
      "process_start_time_seconds", .gauge, "When the process started, in Unix time.", startedAt)
  }
}
