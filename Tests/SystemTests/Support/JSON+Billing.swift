extension JSON {
  /// Params of `billing.create` for lines of one piece each.
  static func manual(_ patient: Int, _ prices: String...) -> JSON {
    let lines = prices.map { price -> JSON in
      ["description": "A line", "quantity": 1, "unit_price": .string(price)]
    }
    return ["mode": "MANUAL", "patient_id": .int(patient), "items": .array(lines)]
  }
}
