import Clinic
import Postgres
import RPCServer

extension Configuration {
  /// What the web listener is told.
  func web(for clinic: Clinic) -> WebConfiguration {
    var web = WebConfiguration()
    web.origins = webOrigins
    web.missing = {
      var missing: [String] = []
      if clinic.postgres.state != .up { missing.append("postgresql does not answer") }
      if !clinic.staff.isTrusted { missing.append("the staff directory is not up to date") }
      return missing
    }
    return web
  }
}
