// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of the package is compiled with.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "clinicd",
  products: [
    .executable(name: "clinicd", targets: ["clinicd"]),
    .executable(name: "clinicctl", targets: ["clinicctl"]),
    .library(name: "RPCClient", targets: ["RPCClient"]),
    .library(name: "JSONRPC", targets: ["JSONRPC"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // The C libraries.
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(
      name: "CMongoc", pkgConfig: "libmongoc-1.0", providers: [.apt(["libmongoc-dev"])]),
    .systemLibrary(
      name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CEpoll"),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPango", providers: [.apt(["libpango1.0-dev", "libcairo2-dev"])]),

    // Their Swift owners: the only targets where `unsafe` may appear.
    .target(name: "Threads", swiftSettings: settings),
    .target(name: "StoreLoop", dependencies: ["CEpoll", "Threads"], swiftSettings: settings),
    .target(
      name: "Postgres", dependencies: ["CLibpq", "StoreLoop", "Threads"], swiftSettings: settings),
    .target(
      name: "Redis", dependencies: ["CHiredis", "Host", "StoreLoop", "Threads", crypto],
      swiftSettings: settings),
    .target(name: "Mongo", dependencies: ["CMongoc", "Threads"], swiftSettings: settings),
    .target(name: "Host", dependencies: ["CMalloc"], swiftSettings: settings),
    .target(name: "Systemd", dependencies: ["CSystemd"], swiftSettings: settings),
    .target(name: "Terminal", swiftSettings: settings),
    .target(name: "Gzip", dependencies: ["CZlib"], swiftSettings: settings),
    .target(name: "Bcrypt", dependencies: ["CCrypt", "Threads"], swiftSettings: settings),
    .target(name: "PDF", dependencies: ["CPango", "Threads"], swiftSettings: settings),

    // The wire.
    .target(name: "JSONRPC", swiftSettings: settings),
    .target(
      name: "RPCServer",
      dependencies: [
        "JSONRPC", "Gzip", nio, nioPosix, nioHTTP, nioWebSocket, nioTLS, nioSSL, crypto, logging,
      ],
      swiftSettings: settings),
    .target(
      name: "RPCClient",
      dependencies: ["JSONRPC", nio, nioPosix, nioHTTP, nioWebSocket, nioTLS, nioSSL],
      swiftSettings: settings),

    // The clinic.
    .target(
      name: "Clinic",
      dependencies: [
        "JSONRPC", "StoreLoop", "Postgres", "Redis", "Mongo", "Bcrypt", "PDF", crypto, logging,
      ],
      swiftSettings: settings, plugins: ["EmbedSQL"]),
    .plugin(name: "EmbedSQL", capability: .buildTool()),

    // What the programs are told.
    .target(
      name: "ClinicEnvironment", dependencies: ["JSONRPC", "Host"], swiftSettings: settings),

    // The programs.
    .executableTarget(
      name: "clinicd",
      dependencies: [
        "Clinic", "ClinicEnvironment", "RPCServer", "Host", "Systemd", nio, nioPosix, logging,
        lifecycle, arguments,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "clinicctl",
      dependencies: [
        "Clinic", "ClinicEnvironment", "RPCClient", "JSONRPC", "Postgres", "StoreLoop", "Host",
        "Terminal", arguments, crypto,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "clinic-bench",
      dependencies: ["JSONRPC", "RPCClient", "Mongo", nio, nioPosix, arguments],
      swiftSettings: settings),

    // What tests share. It is a target of tests itself: a release builds all others, statically,
    // and Testing cannot be linked so.
    .testTarget(name: "TestSupport", dependencies: ["Host"], swiftSettings: settings),
    .testTarget(name: "JSONRPCTests", dependencies: ["JSONRPC"], swiftSettings: settings),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "StoreLoop", "Postgres", "Redis", "Mongo", "Bcrypt", "Threads", "PDF", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RPCServerTests",
      dependencies: [
        "RPCServer", "JSONRPC", "Gzip", nio, nioPosix, nioHTTP, nioWebSocket, nioSSL, logging,
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RPCClientTests",
      dependencies: ["RPCClient", "RPCServer", "JSONRPC", nio, nioPosix, logging],
      swiftSettings: settings),
    .testTarget(
      name: "ClinicTests",
      dependencies: ["Clinic", "JSONRPC", "PDF", "Postgres", "Redis", "Mongo", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "SystemTests",
      dependencies: [
        "JSONRPC", "RPCClient", "Clinic", "ClinicEnvironment", "StoreLoop", "Postgres", "Redis",
        "Mongo", "Host", "Systemd", "clinicctl", "TestSupport", logging,
      ],
      swiftSettings: settings),
  ]
)
