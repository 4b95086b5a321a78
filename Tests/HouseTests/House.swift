import TestSupport
import Testing

/// The rules of the source tree: C in its modules, short files, and manuals that name everything.
@Suite
struct House {
    @Test("C modules are imported only by the modules that wrap them")
    func imports() {
        for file in sources {
            let module = file.path.split(separator: "/").dropFirst().first ?? ""
            for line in file.lines {
                guard let match = line.firstMatch(of: importLine) else { continue }
                switch match.output.2 {
                case "CLinux": expect(module == "Linux", "\(file.path): \(line)")
                case "CNetlink": expect(module == "Netlink", "\(file.path): \(line)")
                case "CSystemd": expect(module == "SystemdScope", "\(file.path): \(line)")
                case "CSecureStart":
                    expect(module == "SecureStart", "\(file.path): \(line)")
                // No system library, and no Foundation.
                case let name: expect(ownModules.contains(String(name)), "\(file.path): \(line)")
                }
                if ["CLinux", "CNetlink", "CSecureStart", "CSystemd"].contains(match.output.2) {
                    expect(match.output.1 == "internal ", "\(file.path): \(line)")
                }
            }
        }
    }

    @Test("no source can trap: no forced unwrap, no fatalError")
    func traps() {
        let traps: [(String, Regex<Substring>)] = [
            ("try!", /\btry!/), ("as!", /\bas!/),
            (
                "a call that ends the program",
                /\b(?:fatalError|preconditionFailure|assertionFailure|abort)\(/
            ),
            // A name, bracket or parenthesis, then `!`, and not `!=`.
            ("a forced value", /[\w)\]]!(?!=)/),
            ("an unchecked cast", /\bunsafe(?:BitCast|Downcast)\b/),
            // A temporary is closed before the call that gets its number.
            ("the number of a temporary descriptor", /\)\.(?:number|pollDescriptor)\b(?=[,)])/),
        ]
        for file in sources {
            for line in file.code {
                for (name, trap) in traps {
                    expect(line.firstMatch(of: trap) == nil, "\(name) in \(file.path): \(line)")
                }
            }
        }
    }

    @Test("only main.swift prints, and only main.swift ends the program")
    func doors() {
        for file in sources where !file.path.hasSuffix("/main.swift") {
            for line in file.code {
                let says = line.firstMatch(of: /\b(?:print|debugPrint|dump|fputs|printf)\(/)
                expect(says == nil, "\(file.path): \(line)")
                let ends = line.firstMatch(of: /(?:^|[^.\w])(?:exit|_exit|quick_exit)\(/)
                expect(
                    ends == nil || file.path == "Sources/Linux/Processes/Exit.swift",
                    "\(file.path): \(line)")
            }
        }
    }

    @Test("a file has 300 lines at most, and none is called utils or helpers")
    func sizes() {
        let drawers: Set = ["utils", "util", "helpers", "common", "manager", "misc", "extensions"]
        let files = swiftFiles(in: "Sources") + swiftFiles(in: "Tests")
        expect(files.count > 40, "\(files.count)")
        for file in files {
            expect(file.lines.count <= 300, "\(file.path) has \(file.lines.count) lines")
            let name = file.path.split(separator: "/").last?.dropLast(6).lowercased() ?? ""
            expect(!drawers.contains(name), file.path)
        }
    }

    @Test("a script of more than three lines is a file, which shellcheck reads")
    func scripts() {
        var found = 0
        for file in swiftFiles(in: "Tests") {
            let lines = file.lines.map { $0.drop { $0 == " " } }
            for (call, quotes) in zip(lines.indices, lines.indices.dropFirst())
            where lines[quotes] == "\"\"\""
                && lines[call].firstMatch(of: /\b(?:shell|run|eve|start)\($/) != nil
            {
                found += 1
                let script = lines[(quotes + 1)...].prefix { !$0.hasPrefix("\"\"\"") }
                expect(script.count <= 3, "\(file.path), line \(quotes + 2)")
            }
        }
        expect(found > 5, "\(found)")
    }

    @Test("the manuals name every option, file and command")
    func manuals() {
        let both = ["isolated", "macfilter", "mtu=", "/etc/lxc/lxc-usernet", "/run/lxc/nics"]
        let pages = [
            "berth-nic.8": both + ["create", "delete", "LXCPATH", "BRIDGE", "ovs-vsctl", "none"],
            "lxc-usernet.5": both + ["USER", "GROUP", "veth", "COUNT", "none", #"\e040"#],
            "berth.1": [
                "status", "nics", "leases", "-watch", "-interval", "hidden", "berth-status.json",
                "doctor", "-all", "-json", "-container", "-log", "NO_COLOR", "XDG_RUNTIME_DIR",
                "version", "findings", "fixes", "lxc-usercgroup", "berth-doctor.json",
            ],
            "lxc-usercgroup.5": [
                "USER", "GROUP", "CONTROLLERS", "memory.max", "pids.max", "cgroup.max.descendants",
                "cgroup.max.depth", "4096",
            ],
            "berth.7": [
                "berth-nic", "berth-run", "berth-net", "berth-cgroup", "berth-install",
                "berth-migration", "berth-measurements", "berth-cluster",
            ],
            "berth-cluster.7": [
                "LXC_VXLAN", "LXC_VXLAN_LOCAL", "LXC_VXLAN_PEERS", "LXC_DNS_PEERS",
                "LXC_NAT_EXCEPT", "LXC_ROUTED_FROM", "FRR", "BIRD",
            ],
            "berth-install.7": [
                "DESTDIR", "prefix", "INIT", "apparmordir", "dpkg-divert", "berth-pam",
                "systemd", "OpenRC", "sysvinit", "runit", "dinit", "s6", "BERTH_USERS",
            ],
            "berth-migration.7": [
                "lxc-user-nic", "lxc-net", "pam_cgfs", "cgmanager", "cgconfig", "cgrules", "Incus",
            ],
            "berth-run.1": [
                "-name", "-scope-info", "-help", "COMMAND", "/etc/lxc/lxc-usercgroup", "125",
                "126",
                "127", "/sys/fs/cgroup/berth", "systemd", "elogind",
            ],
        ]
        for (page, words) in pages {
            let text = contents(of: root + "man/" + page).replacing("\\-", with: "-")
            expect(!text.isEmpty, page)
            for word in words { expect(text.contains(word), "\(page) does not say \(word)") }
        }
        let options = contents(of: root + "Sources/Usernet/UsernetOptions.swift")
            .matches(of: /word\.(?:elementsEqual|starts)\((?:with: )?"([a-z]+)=?"/).map {
                $0.output.1
            }
        expect(options.count >= 4, "\(options)")
        let page = contents(of: root + "man/lxc-usernet.5")
        for option in options { expect(page.contains("\n.It Cm \(option)"), "\(option)") }
    }

    @Test(
        "the manuals name every verb and option that the programs know",
        arguments: [
            "BERTH": "berth.1", "BERTH_NET": "berth-net.8", "BERTH_CGROUP": "berth-cgroup.8",
        ])
    func helped(program: String, page: String) throws {
        let options = root + "Tests/HouseTests/scripts/options.py"
        let known = run([options, variable(program) ?? ""]).lines
            .filter { !["-help", "-h", "help"].contains($0) }
        expect(known.count > 5, "\(program): run make")
        let text = contents(of: root + "man/" + page).replacing("\\-", with: "-")
            .replacing("Fl Fl ", with: "Fl -")
        for word in Set(known) { expect(text.contains(word), "\(page) does not say \(word)") }
    }

    @Test("the setuid programs depend on no more modules than are listed here")
    func manifest() {
        let text = contents(of: root + "Package.swift")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        func dependencies(_ kind: String, _ name: String) -> [String] {
            let start = "\(kind)( name: \"\(name)\", dependencies: ["
            let flat = text.replacing("(name:", with: "( name:")
            guard let range = flat.firstRange(of: start) else { return ["no \(name)"] }
            return flat[range.upperBound...].prefix { $0 != "]" }
                .split(separator: ",").map { $0.filter { $0 != " " && $0 != "\"" } }
        }
        expect(
            dependencies(".executableTarget", "berth-nic"), is: ["Linux", "NIC", "SecureStart"])
        expect(
            dependencies(".executableTarget", "berth-run"),
            is: ["Linux", "RunCommand", "SecureStart"])
        expect(
            dependencies(".executableTarget", "berth-pam"),
            is: ["HostPaths", "Linux", "SecureStart"])
        expect(dependencies(".target", "SecureStart"), is: ["CSecureStart"])
        expect(dependencies(".target", "Delegation"), is: ["HostPaths", "Linux", "Cgroups"])
        expect(dependencies(".target", "Cgroups"), is: ["Linux"])
        expect(
            dependencies(".target", "RunCommand"),
            is: ["HostPaths", "Linux", "Cgroups", "Delegation"])
        expect(
            dependencies(".executableTarget", "berth-scope"),
            is: ["HostPaths", "Linux", "SecureStart", "SystemdScope"])
        expect(dependencies(".target", "SystemdScope"), is: ["CSystemd", "Linux"])
        expect(dependencies(".target", "Usernet"), is: ["HostPaths", "Linux", "Netlink"])
        expect(
            dependencies(".target", "Identity"), is: ["HostPaths", "Linux", "Netlink", "Usernet"])
        expect(
            dependencies(".target", "NIC"),
            is: ["HostPaths", "Identity", "Linux", "Netlink", "Usernet"])
        expect(dependencies(".target", "Netlink"), is: ["CNetlink", "Linux"])
        expect(dependencies(".target", "Linux"), is: ["CLinux"])
    }
}

private let root = String(#filePath.dropLast("Tests/HouseTests/House.swift".count))

private let ownModules: Set = [
    "HostPaths", "Linux", "Netlink", "Usernet", "Identity", "NIC", "Cgroups", "Delegation",
    "RunCommand", "SecureStart", "SystemdScope",
]
private let privilegedDoors: Set<Substring> = [
    "berth-nic", "berth-run", "berth-pam", "berth-scope",
]

nonisolated(unsafe) private let importLine =
    /^(?:@\w+\s+)*((?:internal |package |public |private |fileprivate )?)import (?:\w+ )?(\w+)/

/// The sources of the setuid programs and of berth-pam, with their modules.
private var sources: [SwiftFile] {
    (ownModules.union(privilegedDoors.map(String.init))).flatMap { swiftFiles(in: "Sources/\($0)") }
}

private func swiftFiles(in folder: String) -> [SwiftFile] {
    let found = run(["find", root + folder, "-name", "*.swift"]).lines.sorted()
    expect(!found.isEmpty, "no Swift in \(root)\(folder)")
    return found.map { SwiftFile(path: String($0.dropFirst(root.count)), text: contents(of: $0)) }
}

private struct SwiftFile {
    /// Relative to the repository's root.
    let path: String
    let text: String

    var lines: [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    /// The lines without comments and string literals, which may contain an exclamation mark.
    var code: [String] {
        lines.map { line in
            String(line).replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"").replacing(/\/\/.*/, with: "")
        }
    }
}
