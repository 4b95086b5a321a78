// swift-tools-version:6.2
internal import Glibc
import PackageDescription

// A source archive contains the one dependency (see `make dist`); in git, Package.resolved pins it.
let vendored = "swift-argument-parser"
let isArchive = access("\(Context.packageDirectory)/\(vendored)/Package.swift", F_OK) == 0

// The setuid programs are built twice: linked statically, without NSS (BERTH_STATIC), and linked
// dynamically as the programs that ask NSS if /etc/passwd and /etc/group are not sufficient.
// BERTH_STATIC=musl links them with musl, which has no NSS.
let isStatic = Context.environment["BERTH_STATIC"] != nil
let isMusl = Context.environment["BERTH_STATIC"] == "musl"

// `make static` also links the other programs statically, for hosts with another C library.
let filesOnly: [Target.Dependency] =
    Context.environment["BERTH_FILES_ONLY"] != nil ? ["CFilesOnly"] : []

/// The flags of a program that needs no dynamic loader.
/// - Parameter entry: see CSecureStart's early_start.c.
func linkedStatically(entry: String) -> [LinkerSetting] {
    [
        .unsafeFlags(
            [
                "-use-ld=lld", "-Xclang-linker", "-static-pie", "-Xlinker", "-e", "-Xlinker", entry,
            ], .when(configuration: .release))
    ]
}

let setuid = isStatic ? linkedStatically(entry: "secure_start_entry") : []

// Warnings are errors for developers only. A release build and an archive accept the warnings that
// a newer compiler adds.
let warnings: [SwiftSetting] =
    isArchive ? [] : [.treatAllWarnings(as: .error, .when(configuration: .debug))]
// Tests start programs and mount file systems, so strict memory safety is off for them.
let tests: [SwiftSetting] =
    warnings + (isStatic ? [.define("BERTH_STATIC")] : [])
    + (isMusl ? [.define("BERTH_MUSL")] : []) + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
let strict = tests + [.strictMemorySafety()]

// The C code is compiled with checks of buffers and stacks. Fortified functions need optimization.
let hardened: [CSetting] = [
    .unsafeFlags(
        ["-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3", "-fstack-protector-strong"],
        .when(configuration: .release))
]
// musl defines no macro by which C code could recognize it.
let entry: [CSetting] = hardened + (isMusl ? [.define("BERTH_MUSL")] : [])

// The manifest limits what runs with privileges: a program contains only the modules on which its
// target depends.
let package = Package(
    name: "berth",
    products: [
        .executable(name: "berth-nic", targets: ["berth-nic"]),
        .executable(name: "berth-run", targets: ["berth-run"]),
        .executable(name: "berth-scope", targets: ["berth-scope"]),
        .executable(name: "berth-net", targets: ["berth-net"]),
        .executable(name: "berth-cgroup", targets: ["berth-cgroup"]),
        .executable(name: "berth-pam", targets: ["berth-pam"]),
        .executable(name: "berth", targets: ["berth"]),
    ],
    dependencies: [
        isArchive
            ? .package(path: vendored)
            : .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        // C, which only Linux, Netlink, SystemdScope and SecureStart import.
        .target(
            name: "CLinux",
            // On a 32-bit processor, Swift's importer needs the last two as well.
            cSettings: [
                .define("_GNU_SOURCE"), .define("_FILE_OFFSET_BITS", to: "64"),
                .define("_TIME_BITS", to: "64"),
            ] + hardened),
        isMusl
            ? .target(name: "CNetlink", path: "Sources/CNetlinkMusl", cSettings: hardened)
            : .systemLibrary(
                name: "CNetlink", pkgConfig: "libnl-3.0", providers: [.apt(["libnl-3-dev"])]),
        .systemLibrary(
            name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "CSecureStart", cSettings: entry),
        .target(name: "SecureStart", dependencies: ["CSecureStart"], swiftSettings: strict),
        // Only in programs that are linked statically with libnl.
        .target(name: "CWithoutNSS", cSettings: hardened),
        // Only in programs that are linked statically with Swift's runtime.
        .target(name: "CFilesOnly", cSettings: hardened),

        // Constants, and no code.
        .target(name: "HostPaths", swiftSettings: strict),

        // The one JSON encoder. It links Foundation: no setuid program may reach it.
        .target(name: "JSONOutput", dependencies: ["Linux"], swiftSettings: strict),

        // The core, shared by all programs.
        .target(name: "Linux", dependencies: ["CLinux"], swiftSettings: strict),
        .target(name: "Netlink", dependencies: ["CNetlink", "Linux"], swiftSettings: strict),

        .target(name: "Cgroups", dependencies: ["Linux"], swiftSettings: strict),

        // Quotas and the ledger of NICs: shared by berth-nic, doctor and status.
        .target(
            name: "Usernet", dependencies: ["HostPaths", "Linux", "Netlink"],
            swiftSettings: strict),

        // Hardware addresses, labels and grants of containers' NICs: shared by berth-nic,
        // berth-net, doctor and status.
        .target(
            name: "Identity", dependencies: ["HostPaths", "Linux", "Netlink", "Usernet"],
            swiftSettings: strict),

        // Setuid root: depends only on HostPaths, the core, Usernet, Identity and its own module.
        .target(
            name: "NIC", dependencies: ["HostPaths", "Identity", "Linux", "Netlink", "Usernet"],
            swiftSettings: strict),
        .executableTarget(
            name: "berth-nic",
            dependencies: ["Linux", "NIC", "SecureStart"]
                + (isStatic && !isMusl ? ["CWithoutNSS"] : []),
            swiftSettings: strict, linkerSettings: setuid),

        // The users' cgroups and their policy: shared by berth-run, berth-cgroup, doctor and
        // status.
        .target(
            name: "Delegation", dependencies: ["HostPaths", "Linux", "Cgroups"],
            swiftSettings: strict),
        .target(
            name: "RunCommand", dependencies: ["HostPaths", "Linux", "Cgroups", "Delegation"],
            swiftSettings: strict),
        .executableTarget(
            name: "berth-run", dependencies: ["Linux", "RunCommand", "SecureStart"],
            swiftSettings: strict, linkerSettings: setuid),

        // What the command lines of berth-net, berth-cgroup and berth share.
        .target(
            name: "CLI",
            dependencies: [
                "Linux", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // berth-run executes this, without privileges, where systemd manages cgroups.
        .target(
            name: "SystemdScope", dependencies: ["CSystemd", "Linux"], swiftSettings: strict),
        .executableTarget(
            name: "berth-scope",
            dependencies: ["HostPaths", "Linux", "SecureStart", "SystemdScope"],
            swiftSettings: strict),

        // Services that run as root: depend on the core modules, their own, and the library for
        // command lines.
        .target(
            name: "Network",
            dependencies: [
                "HostPaths", "Identity", "JSONOutput", "Linux", "Netlink", "Usernet",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "berth-net",
            dependencies: [
                "HostPaths", "CLI", "Linux", "Network",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + filesOnly,
            swiftSettings: strict),

        // The users' cgroups and what is in them, read only: shared by berth-cgroup and status.
        .target(
            name: "CgroupStatus",
            dependencies: ["JSONOutput", "Linux", "Cgroups", "Delegation"],
            swiftSettings: strict),
        .target(
            name: "CgroupAdmin",
            dependencies: [
                "HostPaths", "Linux", "Cgroups", "CgroupStatus", "Delegation", "Terminal",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "berth-cgroup",
            dependencies: [
                "HostPaths", "CLI", "Linux", "CgroupAdmin", "CgroupStatus",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + filesOnly,
            swiftSettings: strict),

        // pam_exec(8) runs berth-cgroup through it. The installed program has no dynamic loader:
        // see its main.swift.
        .executableTarget(
            name: "berth-pam", dependencies: ["HostPaths", "Linux", "SecureStart"],
            swiftSettings: strict,
            linkerSettings: linkedStatically(entry: "secure_start_entry_without_core")),

        // The files of a user, read by a process that runs as that user.
        .target(name: "UserFiles", dependencies: ["Linux"], swiftSettings: strict),

        // Unprivileged, read-only programs.
        .target(name: "Terminal", dependencies: ["Linux"], swiftSettings: strict),
        .target(
            name: "Doctor",
            dependencies: [
                "HostPaths", "Identity", "JSONOutput", "Linux", "Netlink", "Cgroups", "Usernet",
                "Network", "Delegation", "Terminal", "UserFiles",
            ],
            swiftSettings: strict),
        .target(
            name: "StatusReport",
            dependencies: [
                "HostPaths", "Identity", "JSONOutput", "Linux", "Netlink", "Cgroups", "Usernet",
                "Network", "CgroupStatus", "Terminal",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "berth",
            dependencies: [
                "HostPaths", "CLI", "Linux", "Doctor", "StatusReport", "Terminal", "UserFiles",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + filesOnly,
            swiftSettings: strict),

        // Test hosts in namespaces, and the tests that use them.
        .target(
            name: "TestSupport", dependencies: ["CLinux"], path: "Tests/TestSupport",
            exclude: ["scripts"], swiftSettings: tests),
        .testTarget(
            name: "LinuxTests", dependencies: ["Linux", "TestSupport"], swiftSettings: tests),
        .testTarget(
            name: "UserFilesTests", dependencies: ["Linux", "UserFiles"], swiftSettings: tests),
        .testTarget(
            name: "NetlinkTests", dependencies: ["Linux", "Netlink", "TestSupport"],
            exclude: ["scripts"],
            swiftSettings: tests),
        .testTarget(
            name: "CgroupsTests", dependencies: ["Linux", "Cgroups"], swiftSettings: strict),
        .testTarget(
            name: "DelegationTests", dependencies: ["Linux", "Cgroups", "Delegation"],
            swiftSettings: strict),
        .testTarget(
            name: "RunCommandTests", dependencies: ["Delegation", "RunCommand"],
            swiftSettings: strict),
        .testTarget(
            name: "SystemdScopeTests", dependencies: ["CSystemd", "SystemdScope"],
            swiftSettings: tests),
        .testTarget(
            name: "NICTests",
            dependencies: ["Identity", "Linux", "Netlink", "NIC", "Usernet"],
            swiftSettings: tests),
        .testTarget(
            name: "UsernetTests", dependencies: ["Linux", "Netlink", "Usernet"],
            swiftSettings: tests),
        .testTarget(
            name: "IdentityTests", dependencies: ["Identity", "Linux", "Netlink", "Usernet"],
            swiftSettings: tests),
        .testTarget(
            name: "ComplianceTests", dependencies: ["TestSupport"],
            exclude: ["PeerQuirks.md", "scripts"],
            swiftSettings: tests),
        .testTarget(
            name: "HostTests", dependencies: ["TestSupport"],
            exclude: ["load.sh", "restarts.sh", "scripts"],
            swiftSettings: tests),
        .testTarget(
            name: "MachineTests", dependencies: ["TestSupport"],
            exclude: [
                "build.sh", "debian-sources", "guest", "package-host.sh", "package.sh", "run.sh",
                "scenarios",
            ], swiftSettings: tests),
        .testTarget(
            name: "LXCVersionTests", dependencies: ["TestSupport"],
            exclude: [
                "build.sh", "download.sh", "earlier.sh", "host.sh", "play", "run.sh", "scenarios",
                "sources.sh",
            ],
            swiftSettings: tests),
        .testTarget(
            name: "HouseTests", dependencies: ["TestSupport"], exclude: ["scripts"],
            swiftSettings: tests),
        .testTarget(
            name: "CgroupAdminTests",
            dependencies: [
                "CLinux", "Linux", "Cgroups", "Delegation", "CgroupAdmin", "TestSupport",
            ],
            exclude: ["login.py", "scripts", "session.py"], swiftSettings: tests),
        .testTarget(
            name: "CgroupStatusTests",
            dependencies: ["CgroupStatus", "TestSupport"], exclude: ["scripts"],
            swiftSettings: tests),
        .testTarget(
            name: "DoctorTests",
            dependencies: [
                "Cgroups", "Linux", "NIC", "Network", "Doctor", "Terminal", "TestSupport",
                "UserFiles",
            ],
            exclude: [
                "failing-starts.sh", "failing-starts.txt", "fault-steps.sh", "faults.sh",
                "faults-configuration.sh", "faults-container.sh", "faults-firewall.sh",
                "faults-host.sh", "faults-installation.sh", "faults-network.sh",
                "faults-packets.sh", "faults-path.sh", "faults-start.sh", "hostile.sh", "logs",
                "many-users.sh", "packet-probes.sh", "scripts", "start-steps.sh",
            ],
            swiftSettings: tests),
        .testTarget(
            name: "StatusReportTests",
            dependencies: [
                "Linux", "Network", "CgroupStatus", "StatusReport", "Terminal", "TestSupport",
            ],
            exclude: [
                "host.sh", "completions.sh", "large-host.py", "large-host.sh", "openmetrics.py",
                "schema.py", "scripts", "terminal.py",
            ],
            swiftSettings: tests),
        .testTarget(
            name: "NetworkTests",
            dependencies: ["Identity", "Linux", "Netlink", "Network", "Usernet"],
            exclude: ["records", "rulesets"], swiftSettings: strict),
        .testTarget(
            name: "NetworkHostTests", dependencies: ["TestSupport"],
            exclude: [
                "attacks.py", "diversions.py", "attacks.sh", "bridges.sh", "cluster.sh",
                "cluster-findings.sh", "cluster-steps.sh", "connection.py", "echo.py",
                "findings.py", "forge.py",
                "identity.py",
                "kernel.py", "lab.sh", "lan.sh", "ovn.sh", "ownership.py", "play.sh",
                "refusals.txt",
                "routers.sh", "scenarios", "sidebyside.sh", "tunnel.py", "unpack-ovn.sh",
            ],
            swiftSettings: tests),
    ]
)

// libFuzzer has its own main, so only `make fuzz` builds these.
if Context.environment["BERTH_FUZZ"] != nil {
    package.targets.append(.target(name: "FuzzDriver", path: "Tests/Fuzz/Sources/FuzzDriver"))
    for name in [
        "fuzz-usernet", "fuzz-ledger", "fuzz-request", "fuzz-settings", "fuzz-usercgroup",
        "fuzz-mountinfo", "fuzz-procgroup", "fuzz-leases", "fuzz-hosts",
        "fuzz-transcript", "fuzz-names", "fuzz-accounts", "fuzz-nsswitch",
    ] {
        package.targets.append(
            .executableTarget(
                name: name,
                dependencies: [
                    "FuzzDriver", "Identity", "Linux", "Netlink", "Network", "Usernet", "NIC",
                    "Cgroups", "Delegation", "CgroupAdmin", "UserFiles",
                ],
                path: "Tests/Fuzz/Sources/\(name)",
                swiftSettings: tests))
    }
}
