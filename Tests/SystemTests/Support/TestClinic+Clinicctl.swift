extension TestClinic {
  /// Runs `clinicctl` against the first daemon. - Returns: its exit status and what it wrote.
  func clinicctl(
    _ arguments: [String], database: String? = nil
  ) async throws -> (status: Int32, output: String) {
    try await finished(
      "clinicctl", arguments,
      environment: [
        "DATABASE_URL": database ?? stores.postgresURL, "CLINIC_SOCKET": daemons[0].socket,
        "HOME": folder,
      ],
      in: folder, within: .seconds(120))
  }
}
