/// One patient of a day in the clinic: how he or she comes, and what happens on the way. All of it
/// follows from the number, so that each day is the same, except for who is faster.
struct DayPatient: Sendable {
  enum Way: Int { case bookedForDesk, bookedForKiosk, walksToDesk, walksToKiosk }
  /// What a doctor does who calls this patient's token for the first time.
  enum FirstCall { case consultation, skip, transfer, putBack }
  enum Settlement { case cashWithChange, card, twice, mixed, never, cancelled }

  static let all = (0..<320).map(DayPatient.init)

  let number: Int

  var way: Way { Way(rawValue: number % 4) ?? .walksToDesk }
  var isBooked: Bool { way == .bookedForDesk || way == .bookedForKiosk }
  /// Counts the patients of each way.
  var place: Int { number / 4 }

  // MARK: - Who they are

  var name: String { "Patient \(number) of the day" }
  var phone: String { "07700 \(900_000 + number)" }
  var birthDate: String { "19\(10 + number % 90)-0\(1 + number % 9)-1\(number % 10)" }
  var isAllergic: Bool { number % 20 == 3 }

  // MARK: - How they come

  var cancels: Bool { isBooked && place % 10 == 0 }
  var staysAway: Bool { isBooked && place % 10 == 1 }
  var movesTheBooking: Bool { isBooked && place % 10 == 2 }
  /// What the desk makes of a token whose patient is not there any more.
  var leavesAs: String? {
    if isBooked { return nil }
    return place % 10 == 0 ? "CANCELLED" : place % 10 == 1 ? "NO_SHOW" : nil
  }
  var priority: String {
    way == .walksToDesk && place % 10 == 3
      ? "URGENT" : way == .walksToDesk && place % 10 == 4 ? "EMERGENCY" : "ROUTINE"
  }
  var getsUrgent: Bool { way == .walksToKiosk && place % 10 == 5 }
  var asksForDoctor: Bool { way == .walksToDesk && place % 3 == 0 }

  // MARK: - At the doctor's

  var firstCall: FirstCall {
    if leavesAs != nil { return .consultation }
    return switch place % 16 {
    case 5: .skip
    case 9: .transfer
    case 13: .putBack
    default: .consultation
    }
  }
  var isCalledBack: Bool { place % 40 == 7 }
  var hasPrescription: Bool { number % 8 != 7 }
  var losesPrescription: Bool { hasPrescription && number % 16 == 12 }
  /// Which medicines, and how many of each. The first one is what some are allergic to.
  var medicines: [(index: Int, quantity: Int)] {
    if isAllergic { return [(0, 2)] }
    return (0...number % 3).map { (1 + (number + 5 * $0) % 11, 1 + (number + $0) % 6) }
  }

  // MARK: - At the counter

  var isDraftFirst: Bool { number % 6 == 0 }
  var settlement: Settlement {
    if number % 16 == 6 { return .never }
    if number % 32 == 22 { return .cancelled }
    return switch number % 5 {
    case 0: .cashWithChange
    case 1, 4: .card
    case 2: .twice
    default: .mixed
    }
  }
  var isDispensedInParts: Bool { number % 9 == 0 }
  var bringsBack: Bool { number % 11 == 0 }
}
