import Linux
import TestSupport
import Testing

@testable import Doctor

/// Containers that fail to start for one reason each: failing-starts.sh makes each fault. Its logs
/// of LXC 6 and 7 are fixtures; the installed LXC fails in the test itself.
@Suite
struct FailingStarts {
    @Test(
        "the log of the installed lxc-start names the fault",
        .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
    func installed() async {
        let said = await runAside(
            ["\(tests)/lxc-host.sh", "\(tests)/DoctorTests/failing-starts.sh"],
            environment: [
                "PATH": searchPath, "LANG": "C.UTF-8", "BERTH_NIC": Program.ours.path,
                "BERTH": variable("BERTH") ?? "",
            ])
        var unfound = Set(faults.map(\.log))
        for line in said.lines.dropFirst() {
            let words = line.split(separator: " ").map(String.init)
            guard let name = words.first, let fault = faults.first(where: { $0.log == name }) else {
                // lxc-start of an older or a newer LXC may start the container all the same.
                expect(line.hasSuffix(": it starts"), line)
                continue
            }
            unfound.remove(name)
            expect(words.contains(fault.id), line)
            expect(!words.contains("unknown"), line)
        }
        expect(unfound.isEmpty, "\(unfound)\n\(said.output)\(said.errorOutput)")
    }

    @Test("the logs of LXC 6 and 7 name the fault", arguments: ["lxc6", "lxc7"])
    func recorded(version: String) {
        let folder = "\(tests)/DoctorTests/logs/\(version)"
        let names = run(["ls", folder]).lines.map { String($0.dropLast(".log".count)) }
        #expect(names.count >= 80)
        for name in names {
            let fault = faults.first { $0.log == name } ?? Fault(log: name, id: "")
            let text = TestSupport.contents(of: "\(folder)/\(name).log")
            let found = LXCLogExplanation(
                of: Array(text.utf8), file: UntrustedText(name),
                on: .alices(isRoot: name.hasPrefix("root-")))
            let ids = found.messages.map(\.entry.id)
            #expect(ids.contains(fault.id(of: version)), "\(version) \(name): \(ids)")
            #expect(!ids.contains("unknown"), "\(version) \(name): \(ids)")
            let causes = found.messages.filter { $0.entry.isFatal }
            #expect(causes.count <= 2, "\(version) \(name): \(ids)")
        }
    }
}

private let tests = String(#filePath.dropLast("/DoctorTests/FailingStarts.swift".count))

private var obstacle: String? {
    Host.obstacle ?? (variable("BERTH") == nil ? "no BERTH: run make" : nil)
}

private struct Fault {
    let log: String
    let id: String

    /// LXC 6 and 7 do not say that newuidmap is missing.
    func id(of version: String) -> String { laterIDs[version]?[log] ?? id }
}

/// The logs in which LXC 6 or 7 differs from LXC 5.
private let laterIDs: [String: [String: String]] = [
    "lxc6": [
        "netns-preserve": "netns-preserve", "newuidmap-absent": "map-unwritten",
        "newgidmap-absent": "map-unwritten",
    ],
    "lxc7": ["newuidmap-absent": "map-unwritten", "newgidmap-absent": "map-unwritten"],
]

private let faults: [Fault] = [
    ("no-subuid", "subuid"), ("no-subgid", "subgid"), ("idmap-extra", "subuid"),
    ("idmap-overlap", "map-invalid"), ("no-idmap", "pin"), ("no-root-map", "no-root-mapping"),
    ("home-closed", "home"), ("newuidmap-mode", "newuidmap-mode"),
    ("newuidmap-absent", "newuidmap-missing"), ("newgidmap-mode", "newgidmap-mode"),
    ("newgidmap-absent", "newgidmap-missing"), ("userns-limit", "userns-limit"),
    ("nic-no-line", "nic-no-line"), ("nic-faulty-line", "nic-no-line"), ("nic-quota", "nic-quota"),
    ("nic-no-file", "nic-no-file"), ("nic-trust", "nic-trust"), ("nic-no-bridge", "nic-no-bridge"),
    ("nic-not-bridge", "nic-not-bridge"), ("nic-same-name", "nic-same-name"),
    ("nic-not-setuid", "nic-not-setuid"), ("nic-not-executable", "nic-helper-denied"),
    ("nic-absent", "nic-no-helper"), ("nic-option", "nic-option"),
    ("nic-host-namespace", "nic-host-namespace"), ("nic-macvlan", "nic-type"),
    ("nic-phys", "nic-type"), ("nic-vlan", "nic-type"), ("nic-ipvlan", "nic-type"),
    ("stock-no-line", "stock-quota"), ("stock-no-file", "stock-no-file"),
    ("stock-no-bridge", "stock-no-bridge"), ("stock-not-bridge", "nic-other"),
    ("stock-not-setuid", "stock-not-setuid"), ("rootfs-absent", "rootfs-open"),
    ("rootfs-closed", "rootfs-denied"), ("rootfs-file", "rootfs-open"),
    ("rootfs-foreign", "rootfs-owner"), ("rootfs-type", "rootfs-unset"), ("rootfs-loop", "loop"),
    ("overlay-absent", "directory-denied"), ("rootfs-target", "rootfs-target"),
    ("mount-block", "mount-block"), ("mount-source", "mount-missing"),
    ("mount-target", "mount-missing"), ("mount-kind", "mount-kind"), ("mount-type", "mount-type"),
    ("mount-option", "mount-options"), ("mount-fields", "mount-type"), ("mount-auto", "automount"),
    ("mount-fstab", "fstab"), ("mount-sysfs", "mount-covered"), ("hook-absent", "hook-start"),
    ("hook-fails", "hook-start"), ("hook-mount", "hook"), ("hook-start", "hook-missing"),
    ("init-absent", "init"), ("init-denied", "init-denied"), ("init-cwd", "init-directory"),
    ("autodev", "devnull"), ("sysctl-absent", "sysctl"),
    ("sysctl-denied", "sysctl-denied"), ("sysctl-value", "sysctl-value"), ("prlimit", "prlimit"),
    ("prlimit-name", "prlimit-name"), ("prlimit-value", "prlimit-value"), ("proc-denied", "proc"),
    ("proc-absent", "proc-value"), ("arch", "personality"), ("hostname", "parse"),
    ("seccomp-absent", "seccomp"), ("seccomp-policy", "seccomp-policy"), ("key-unknown", "key"),
    ("key-old", "key"), ("key-net", "key"), ("capability", "capability"),
    ("capabilities", "capabilities"), ("address", "address"), ("address-6", "address"),
    ("net-type", "network-type"), ("net-value", "value-not-allowed"),
    ("idmap-syntax", "idmap-syntax"), ("namespaces", "namespace-keys"), ("veth-key", "key"),
    ("cgroup-dir", "cgroup-dir"), ("include-absent", "include"),
    ("namespace-share", "not-running"), ("config-closed", "config-permission"),
    ("no-container", "no-config"), ("log-closed", "log-file"), ("create-idmap", "no-idmap"),
    ("create-template", "template"), ("running", "running"), ("attach-absent", "init"),
    ("root-no-bridge", "no-bridge"), ("root-not-bridge", "open-vswitch"),
    ("root-veth-exists", "veth-exists"), ("root-macvlan", "link-missing"),
    ("root-macvlan-unset", "link-unset"), ("root-phys", "link-missing"), ("root-mtu", "veth-mtu"),
    ("root-hwaddr", "hwaddr"), ("root-gateway-alone", "gateway-alone"),
    ("root-same-name", "rename-nic"), ("root-rootfs", "rootfs-open"),
].map { Fault(log: $0.0, id: $0.1) }
