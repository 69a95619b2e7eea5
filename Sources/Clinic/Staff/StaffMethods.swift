/// The methods of this department.
func staffMethods() throws -> [MethodEntry] {
  [
    try .session(Login.self),
    try .command(Register.self),
    try .session(Authenticate.self),
    try .session(Refresh.self),
    try .session(Logout.self),
    try .query(WhoAmI.self),
    try .session(ChangePassword.self),
    try .query(ListUsers.self),
    try .query(GetUser.self),
    try .command(UpdateUser.self),
    try .command(ResetPassword.self),
    try .query(ListDoctors.self),
  ]
}
