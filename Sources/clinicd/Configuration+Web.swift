import Clinic
import Host
import Postgres
import RPCServer

extension Configuration {
  /// The configuration of the web listener.
  func web(for clinic: Clinic) -> WebConfiguration {
    var web = WebConfiguration()
    web.origins = webOrigins
    web.proxies = proxies
    let metrics = ClinicMetrics(clinic: clinic, startedAt: Daemon.startedAt)
    web.metrics = { metrics.write(to: &$0) }
    let folder = pagesFolder
    web.page = { try? SmallFile.read("\(folder)/\($0)", limit: 16 << 20) }
    web.missing = {
      var missing: [String] = []
      if !clinic.postgresAnswers { missing.append("postgresql does not answer") }
      if !clinic.staff.isTrusted { missing.append("the staff directory is not up to date") }
      return missing
    }
    return web
  }

  /// The pages' folder: the configured one, or the installed one, or that of a checkout.
  private var pagesFolder: String {
    guard clientsDirectory.isEmpty else { return clientsDirectory }
    let installed = ProcessEnvironment.programFolder.map { "\($0)/../share/clinicd/clients" }
    if let installed, SmallFile.exists(installed) { return installed }
    return "clients"
  }
}
