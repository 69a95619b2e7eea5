import JSONRPC
import Mongo

extension ClinicError {
  /// What a failure of MongoDB means to a caller.
  init(_ error: MongoError) {
    switch error.kind {
    case .cancelled: self.init(Self.reasonOfCancellation)
    default: self = ClinicError(.storeUnavailable).with("store", "mongodb")
    }
  }
}
