import RPCClient
import Testing

@Suite struct BackoffTests {
  @Test func growsToItsLimitAndStartsAgain() {
    var backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))
    for step in [100, 200, 400, 800, 1000, 1000] {
      let delay = backoff.next()
      #expect(delay >= .milliseconds(step / 2) && delay <= .milliseconds(step))
    }
    for _ in 0..<100 { #expect(backoff.next() <= .seconds(1)) }
    backoff.reset()
    #expect(backoff.next() <= .milliseconds(100))
  }
}
