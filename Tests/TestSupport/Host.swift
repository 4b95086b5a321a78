import CLinux
import Glibc

/// A test host: mount table, network, process IDs, /etc, /run and accounts in new namespaces, which
/// end with the process of an exit test.
package struct Host {
    package enum EntryError: Error {
        case needsRoot
        case notEntered(String)
    }

    /// Why tests that need such a host cannot run here; `nil` if they can.
    package static var obstacle: String? {
        if geteuid() != 0 { return "not root" }
        if access(Program.ours.path, X_OK) != 0 { return "no \(Program.ours.path): run make" }
        if access(Program.peer.path, X_OK) != 0 { return "no \(Program.peer.path): install lxc" }
        return nil
    }

    /// Enters new namespaces with files of their own. Irrevocable: for the body of an exit test.
    /// This process itself stays outside the PID namespace, and must not pass process IDs from
    /// inside to kill(2).
    package static func enter() throws(EntryError) -> Host {
        guard geteuid() == 0 else { throw .needsRoot }
        // SIGALRM kills this process, so that a test that never ends fails.
        alarm(900)
        guard linux_unshare(linux_CLONE_NEWNS | linux_CLONE_NEWNET | linux_CLONE_NEWPID) == 0 else {
            throw .notEntered("unshare")
        }
        // The first process inside is process 1, and all others end with it.
        start(
            "mount --make-rprivate / && mount -t proc proc /proc "
                + "&& exec setpriv --pdeathsig KILL sleep infinity")
        let made = script("host", [Program.ours.path, Program.peer.path])
        guard made.succeeded else { throw .notEntered(made.errorOutput) }
        return Host()
    }

    /// Writes lxc-usernet.
    package func allow(_ lines: String...) {
        write(lines.map { $0 + "\n" }.joined(), to: "/etc/lxc/lxc-usernet")
    }

    package func addBridges(_ names: String...) {
        for name in names {
            shell("ip link add name '\(name)' type bridge && ip link set '\(name)' up")
        }
    }

    /// `/run/lxc/nics`
    package var ledger: [String] {
        contents(of: "/run/lxc/nics").split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").joined(separator: " ") }
    }

    package func setLedger(_ text: String) {
        shell("mkdir -p -m 755 /run/lxc")
        write(text, to: "/run/lxc/nics")
        shell("chmod 600 /run/lxc/nics")
    }

    /// The host's ends of veth pairs.
    package var nics: [String] {
        shell("ip -br link show type veth").lines.map {
            String($0.prefix { $0 != " " && $0 != "@" })
        }
    }

    /// The word after `word` in `ip -d link show`, such as that after "mtu".
    package func fact(_ word: String, of nic: String) -> String? {
        let words = shell("ip -d link show '\(nic)'").output.split { $0 == " " || $0 == "\n" }
        return words.firstIndex { $0 == word }.map { String(words[$0 + 1]) }
    }
}

/// The helper that a test runs: LXC's lxc-user-nic, or berth-nic.
package enum Program: String, CaseIterable, Codable, Sendable {
    case peer, ours

    /// Its path on this machine.
    package var path: String {
        switch self {
        case .peer: "/usr/libexec/lxc/lxc-user-nic"
        case .ours: getenv("BERTH_NIC").map { String(cString: $0) } ?? "berth-nic"
        }
    }

    /// Its path on a test host, where it is setuid.
    package var installed: String { "/run/test/bin/\(rawValue)-nic" }

    /// Whether ours is linked with musl, so that it cannot ask NSS.
    package static let isForMusl = shell("grep -qa 'linked with musl' '\(ours.path)'").succeeded
}
