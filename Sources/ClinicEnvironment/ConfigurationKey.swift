/// A key of the configuration, with what the documentation says of it.
package struct ConfigurationKey: Sendable {
  package let name: String
  /// `nil` when it must be given.
  package let standard: String?
  package let unit: String
  package let meaning: String
  /// Never printed.
  package var isSecret = false

  /// Whether a reload takes a new value over; all others need a restart.
  package var isReloadable = false

  package static let all: [ConfigurationKey] = [
    ConfigurationKey(
      name: "DATABASE_URL", standard: nil, unit: "URL", meaning: "PostgreSQL, the truth",
      isSecret: true),
    ConfigurationKey(
      name: "REDIS_URL", standard: nil, unit: "URL", meaning: "Redis, the live queue",
      isSecret: true),
    ConfigurationKey(
      name: "MONGO_URL", standard: nil, unit: "URL",
      meaning: "MongoDB, the history; its database is the URL's path, or `clinic_logs`",
      isSecret: true),
    ConfigurationKey(
      name: "SECRET_KEY", standard: nil, unit: "text",
      meaning: "signs access tokens; 32 bytes or more", isSecret: true, isReloadable: true),
    ConfigurationKey(
      name: "CLINIC_AUDIT_KEY", standard: nil, unit: "text",
      meaning: "seals the audit; 32 bytes or more; the same for as long as the database lives",
      isSecret: true),
    ConfigurationKey(
      name: "ALGORITHM", standard: "HS256", unit: "name",
      meaning: "algorithm of access tokens: HS256, HS384 or HS512"),
    ConfigurationKey(
      name: "ACCESS_TOKEN_EXPIRE_MINUTES", standard: "30", unit: "minutes",
      meaning: "life of an access token"),
    ConfigurationKey(
      name: "CLINIC_REFRESH_TOKEN_DAYS", standard: "30", unit: "days",
      meaning: "life of a refresh token"),
    ConfigurationKey(
      name: "CLINIC_TIME_ZONE", standard: "UTC", unit: "IANA name",
      meaning: "the clinic's zone: it decides what \"today\" is"),
    ConfigurationKey(
      name: "CLINIC_SOCKET", standard: "/run/clinicd/rpc.sock", unit: "path",
      meaning: "the Unix socket; unused when systemd passes sockets"),
    ConfigurationKey(
      name: "CLINIC_SOCKET_MODE", standard: "0660", unit: "octal",
      meaning: "the Unix socket's permissions; unused when systemd passes sockets"),
    ConfigurationKey(
      name: "CLINIC_TCP_ADDRESS", standard: "127.0.0.1:7654", unit: "host:port",
      meaning: "the TCP listener, `none` for none; unused when systemd passes sockets"),
    ConfigurationKey(
      name: "CLINIC_TCP_PORT", standard: "7654", unit: "port",
      meaning:
        "the port of the TCP listener on loopback, if no address is given; unused when systemd passes sockets"
    ),
    ConfigurationKey(
      name: "CLINIC_WEB_ADDRESS", standard: "127.0.0.1:7680", unit: "host:port",
      meaning: "the web listener, `none` for none; unused when systemd passes sockets"),
    ConfigurationKey(
      name: "CLINIC_WEB_PORT", standard: "7680", unit: "port",
      meaning:
        "the port of the web listener on loopback, if no address is given; unused when systemd passes sockets"
    ),
    ConfigurationKey(
      name: "CLINIC_WEB_ORIGINS", standard: "none", unit: "list",
      meaning: "origins whose pages may call beside the listener's own: `https://clinic.example`",
      isReloadable: true),
    ConfigurationKey(
      name: "CLINIC_TRUSTED_PROXIES", standard: "none", unit: "list",
      meaning:
        "addresses and networks whose `X-Forwarded-For` and PROXY protocol are believed; `unix` for a Unix socket of the web",
      isReloadable: true),
    ConfigurationKey(
      name: "CLINIC_CLIENTS_DIRECTORY", standard: "", unit: "path",
      meaning:
        "the pages of the web listener; by default `../share/clinicd/clients` as seen from the program, or `clients`",
      isReloadable: true),
    ConfigurationKey(
      name: "CLINIC_ALLOW_PLAIN_TCP", standard: "no", unit: "yes or no",
      meaning: "listen without TLS on an address that is not loopback", isReloadable: true),
    ConfigurationKey(
      name: "CLINIC_TLS_CERTIFICATE", standard: "", unit: "path",
      meaning:
        "the certificate of the TCP and web listeners, PEM; with it they speak TLS; may come as the credential `tls_certificate` instead",
      isReloadable: true),
    ConfigurationKey(
      name: "CLINIC_TLS_KEY", standard: "", unit: "path",
      meaning: "the certificate's key, PEM; may come as the credential `tls_key` instead",
      isReloadable: true),
    ConfigurationKey(
      name: "CLINIC_TLS_CLIENT_CA", standard: "", unit: "path",
      meaning: "CA certificates that client certificates must be signed by, PEM", isReloadable: true
    ),
    ConfigurationKey(
      name: "CLINIC_TLS_CLIENT_ROLES", standard: "none", unit: "list",
      meaning: "roles of clients with a certificate, by its common name: `board-1=DISPLAY`"),
    ConfigurationKey(
      name: "CLINIC_ROLES", standard: "root=ADMIN,@clinic-kiosk=KIOSK,@clinic-display=DISPLAY",
      unit: "list",
      meaning:
        "roles of users and `@groups` on the Unix socket, by name or number; a list of your own replaces this one, so name `root=ADMIN` in it"
    ),
    ConfigurationKey(
      name: "CLINIC_QUEUE_PASS_OVER_LIMIT", standard: "3", unit: "times",
      meaning: "how many times at most a waiting patient is passed over"),
    ConfigurationKey(
      name: "CLINIC_QUEUE_RECALL_AFTER", standard: "0", unit: "calls",
      meaning: "how many calls a recalled token lets pass; 0 makes it first"),
    ConfigurationKey(
      name: "CLINIC_QUEUE_APPOINTMENTS_BY", standard: "arrival", unit: "arrival or slot",
      meaning: "where a patient with an appointment joins the line"),
    ConfigurationKey(
      name: "CLINIC_CHECK_IN_EARLY_MINUTES", standard: "60", unit: "minutes",
      meaning: "how long before the slot's start check-in is possible"),
    ConfigurationKey(
      name: "CLINIC_CHECK_IN_LATE_MINUTES", standard: "60", unit: "minutes",
      meaning: "how long after the slot's start check-in is possible"),
    ConfigurationKey(
      name: "CLINIC_NO_SHOW_GRACE_MINUTES", standard: "15", unit: "minutes",
      meaning: "how long after the slot's start before a no-show can be recorded"),
    ConfigurationKey(
      name: "CLINIC_DISPENSE_UNPAID", standard: "no", unit: "yes or no",
      meaning: "dispense before the prescription's invoice is paid"),
    ConfigurationKey(
      name: "CLINIC_PRESCRIPTION_DAYS", standard: "90", unit: "days",
      meaning: "how long a prescription can be dispensed after it was written"),
    ConfigurationKey(
      name: "CLINIC_TAX_PERCENT", standard: "0", unit: "percent",
      meaning: "tax on invoices that name none; two decimals"),
    ConfigurationKey(
      name: "CLINIC_CURRENCY", standard: "", unit: "text",
      meaning: "what stands before amounts on paper"),
    ConfigurationKey(
      name: "CLINIC_NAME", standard: "Clinic", unit: "text",
      meaning: "the clinic's name on paper and on screens"),
    ConfigurationKey(
      name: "CLINIC_ADDRESS", standard: "", unit: "text",
      meaning: "the clinic's address on paper"),
    ConfigurationKey(
      name: "CLINIC_CALL_SECONDS", standard: "10", unit: "seconds",
      meaning: "time limit of a call; past it, it is rolled back (some methods have longer limits)"),
    ConfigurationKey(
      name: "CLINIC_LOGIN_FAILURES_PER_MINUTE", standard: "5", unit: "attempts",
      meaning: "failed logins of one user from one address"),
    ConfigurationKey(
      name: "CLINIC_PASSWORD_COST", standard: "12", unit: "bcrypt cost",
      meaning: "cost of a password's hash; each step doubles the time"),
    ConfigurationKey(
      name: "CLINIC_MAX_MESSAGE_BYTES", standard: "1048576", unit: "bytes",
      meaning: "size of a message"),
    ConfigurationKey(
      name: "CLINIC_MAX_DEPTH", standard: "64", unit: "levels", meaning: "nesting of a message"),
    ConfigurationKey(
      name: "CLINIC_MAX_BATCH", standard: "100", unit: "calls", meaning: "calls in a batch"),
    ConfigurationKey(
      name: "CLINIC_MAX_IN_FLIGHT", standard: "64", unit: "calls",
      meaning: "calls that run at once on a connection"),
    ConfigurationKey(
      name: "CLINIC_MAX_CONNECTIONS", standard: "1024", unit: "connections",
      meaning: "connections in all"),
    ConfigurationKey(
      name: "CLINIC_MAX_CONNECTIONS_PER_PEER", standard: "256", unit: "connections",
      meaning: "connections of one user id or address"),
    ConfigurationKey(
      name: "CLINIC_UNAUTHENTICATED_SECONDS", standard: "30", unit: "seconds",
      meaning: "how long a TCP connection may stay open without logging in"),
    ConfigurationKey(
      name: "CLINIC_DRAIN_SECONDS", standard: "20", unit: "seconds",
      meaning: "how long running calls may finish when the daemon stops"),
    ConfigurationKey(
      name: "CLINIC_EVENT_LOOPS", standard: "1", unit: "threads",
      meaning: "number of threads that handle connections"),
    ConfigurationKey(
      name: "CLINIC_DATABASE_CONNECTIONS", standard: "14", unit: "connections",
      meaning: "connections to PostgreSQL for transactions, at most"),
    ConfigurationKey(
      name: "CLINIC_MIGRATE_AT_START", standard: "no", unit: "yes or no",
      meaning: "bring the database's schema up to date at the start"),
    ConfigurationKey(
      name: "CLINIC_STATE_DIRECTORY", standard: "/var/lib/clinicd", unit: "path",
      meaning: "where the daemon keeps the audit's anchor"),
    ConfigurationKey(
      name: "CLINIC_LOG_LEVEL", standard: "info", unit: "level",
      meaning: "debug, info, notice, warning or error"),
    ConfigurationKey(
      name: "CLINIC_HOME", standard: ".clinic", unit: "path",
      meaning: "where `make run` keeps its servers; the daemon does not use it", isReloadable: true),
  ]

  /// The README's table.
  package static var markdown: String {
    let rows = all.map {
      "| `\($0.name)` | \($0.standard.map { "`\($0)`" } ?? "required") | \($0.unit) | \($0.meaning) |"
    }
    return (["| key | default | unit | meaning |", "| --- | --- | --- | --- |"] + rows)
      .joined(separator: "\n")
  }

  /// The list in the manual page, in mdoc.
  package static var manual: String {
    all.map { key in
      // Quotes by their names, so that none is taken for something else.
      var meaning = ""
      for (index, part) in key.meaning.split(separator: "`", omittingEmptySubsequences: false)
        .enumerated()
      {
        meaning += (index == 0 ? "" : index % 2 == 1 ? "\\(oq" : "\\(cq") + part
      }
      let unit = key.isSecret ? "\(key.unit), secret" : key.unit
      let standard = key.standard.map { "Default: \($0.isEmpty ? "nothing" : $0)." } ?? "Required."
      return ".It Ev \(key.name) Pq \(unit)\n\(meaning).\n\(standard)"
    }.joined(separator: "\n")
  }
}
