import Host
import Testing

/// What `make test` tells the tests.
package func testSetting(_ name: String) throws -> String {
  try #require(
    ProcessEnvironment.variables[name], "\(name) is not set: run the tests with scripts/test")
}
