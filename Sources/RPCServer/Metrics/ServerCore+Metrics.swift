import JSONRPC

extension ServerCore {
  /// What `/metrics` says: the server's own figures, then the application's.
  var metricsText: String {
    var text = MetricsText()
    calls.write(to: &text)
    writeConnections(to: &text)
    writeSubscriptions(to: &text)
    web.metrics(&text)
    return text.text
  }

  private func writeConnections(to text: inout MetricsText) {
    let (connections, refused) = admission.statistics
    text.single(
      "clinicd_calls_in_flight", .gauge, "Calls that run now.", sum { $0.tasks.value })
    text.single("clinicd_connections", .gauge, "Connections of all listeners.", connections)
    text.single(
      "clinicd_connections_refused_total", .counter, "Connections for which there was no room.",
      refused)
  }

  private func writeSubscriptions(to text: inout MetricsText) {
    let hub = hub.statistics
    text.single("clinicd_subscriptions", .gauge, "Subscriptions.", hub.subscriptions)
    text.single(
      "clinicd_publications_total", .counter, "Changes that were sent to anybody.", hub.published)
    text.single(
      "clinicd_notifications_total", .counter, "Notifications handed to connections.",
      hub.delivered)
    text.single(
      "clinicd_notification_bytes_pending", .gauge,
      "Bytes of notifications kept for slow readers.", sum { $0.pendingBytes.value })
    text.single(
      "clinicd_slow_reader_snapshots_total", .counter,
      "Snapshots sent in place of what a slow reader missed.", hub.overflows)
    text.single(
      "clinicd_slow_readers_closed_total", .counter,
      "Subscriptions ended because their reader was slow.", hub.slowReadersClosed)
  }
}
