/// On whose behalf a job is done.
public struct JobSource: Hashable, Sendable {
  let name: String
  /// Whether this is a source that a flood of others must not keep out.
  let isInsider: Bool

  public init(_ name: String, isInsider: Bool) {
    self.name = name
    self.isInsider = isInsider
  }

  /// For threads that do not tell sources apart.
  public static let anybody = JobSource("", isInsider: true)
}

/// The jobs that wait for a thread, so that a source with many jobs holds up no others.
///
/// Sources take turns, insiders alternately with others, and the two sides have places of their
/// own. When no place is free, a source with few jobs gets the place of the newest job of the
/// source that has the most.
struct WaitingJobs {
  typealias Job = JobQueue.Job

  /// The jobs of the insiders, or of the others, by source. The first source has the next turn.
  private struct Side {
    var sources: [[Job]] = []

    var count: Int { sources.reduce(0) { $0 + $1.count } }

    func count(of source: JobSource) -> Int {
      sources.first { $0.first?.source == source }?.count ?? 0
    }

    /// The index of the source with the most jobs, if it has so many more than this one that it can
    /// give a place up.
    func giver(to source: JobSource) -> Int? {
      let most = sources.indices.max { sources[$0].count < sources[$1].count }
      guard let most, sources[most].count > count(of: source) + 1 else { return nil }
      return most
    }

    mutating func append(_ job: Job) {
      if let index = sources.firstIndex(where: { $0.first?.source == job.source }) {
        sources[index].append(job)
      } else {
        sources.append([job])
      }
    }

    mutating func next() -> Job? {
      guard !sources.isEmpty else { return nil }
      var jobs = sources.removeFirst()
      let job = jobs.removeFirst()
      if !jobs.isEmpty { sources.append(jobs) }
      return job
    }

    mutating func remove(_ ticket: UInt64) -> Job? {
      for index in sources.indices {
        guard let place = sources[index].firstIndex(where: { $0.ticket == ticket }) else {
          continue
        }
        let job = sources[index].remove(at: place)
        if sources[index].isEmpty { sources.remove(at: index) }
        return job
      }
      return nil
    }
  }

  /// How many jobs of insiders and of others may wait.
  private let places: (ofInsiders: Int, ofOthers: Int)
  private var insiders = Side()
  private var others = Side()
  private var hadInsider = false

  init(insiders: Int, others: Int) {
    places = (insiders, others)
  }

  var isEmpty: Bool { insiders.sources.isEmpty && others.sources.isEmpty }

  /// Whether a job of a source is taken in.
  ///
  /// - Parameter idle: how many threads will take one at once.
  func hasRoom(for source: JobSource, idle: Int = 0) -> Bool {
    hasFreePlace(for: source, idle) || side(of: source).giver(to: source) != nil
  }

  /// - Returns: the job that finds no place, which may be the added one; nil when there is a place
  ///   for all.
  mutating func add(_ job: Job, idle: Int = 0) -> Job? {
    var refused: Job?
    if !hasFreePlace(for: job.source, idle) {
      guard let giver = side(of: job.source).giver(to: job.source) else { return job }
      change(job.source) { refused = $0.sources[giver].popLast() }
    }
    change(job.source) { $0.append(job) }
    return refused
  }

  mutating func next() -> Job? {
    let job =
      hadInsider ? others.next() ?? insiders.next() : insiders.next() ?? others.next()
    hadInsider = job?.source.isInsider ?? false
    return job
  }

  /// Takes out a job that was cancelled.
  mutating func remove(_ ticket: UInt64) -> Job? {
    insiders.remove(ticket) ?? others.remove(ticket)
  }

  private func hasFreePlace(for source: JobSource, _ idle: Int) -> Bool {
    side(of: source).count < (source.isInsider ? places.ofInsiders : places.ofOthers) + idle
  }

  private func side(of source: JobSource) -> Side { source.isInsider ? insiders : others }

  private mutating func change(_ source: JobSource, _ change: (inout Side) -> Void) {
    if source.isInsider { change(&insiders) } else { change(&others) }
  }
}
