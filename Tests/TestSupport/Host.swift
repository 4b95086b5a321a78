import CLinux
import Glibc

/// A host of a test's own: mount table, network, /etc, /run and accounts that nobody else sees,
/// made by the process of an exit test and gone with it.
package struct Host {
    package enum EntryError: Error {
        case needsRoot
        case notEntered(String)
    }

    /// Why tests that need a host of their own cannot run here; `nil` if they can.
    package static var obstacle: String? {
        if geteuid() != 0 { return "not root" }
        if access(Program.ours.path, X_OK) != 0 { return "no \(Program.ours.path): run make" }
        if access(Program.peer.path, X_OK) != 0 { return "no \(Program.peer.path): install lxc" }
        return nil
    }

    /// Leaves the machine's network, mounts, processes and files for ones of this process's own.
    /// Not to be undone: for the body of an exit test. This process itself stays outside, so that a
    /// number of a process in there means nothing to its own kill(2).
    package static func enter() throws(EntryError) -> Host {
        guard geteuid() == 0 else { throw .needsRoot }
        guard unshare(linux_CLONE_NEWNS | linux_CLONE_NEWNET | linux_CLONE_NEWPID) == 0 else {
            throw .notEntered("unshare")
        }
        // The first process in there is its process 1, and all others end with it.
        start(
            "mount --make-rprivate / && mount -t proc proc /proc && exec setpriv --pdeathsig KILL sleep infinity"
        )
        let made = shell(
            """
            set -e
            for n in $(seq 3000); do [ /proc/1/ns/pid -ef /proc/self/ns/pid ] && break; sleep 0.02; done
            [ /proc/1/ns/pid -ef /proc/self/ns/pid ]
            mount -t tmpfs -o mode=755 tmpfs /run
            mount -t sysfs sysfs /sys
            mkdir -p /run/test/etc /run/test/bin
            cp -a /etc/. /run/test/etc/
            mount --bind /run/test/etc /etc
            printf '%s\\n' 'passwd: files' 'group: files' 'hosts: files' > /etc/nsswitch.conf
            for user in eve:2000 bob:2001; do
              echo "${user%:*}:x:${user#*:}:${user#*:}::/run:/bin/sh" >> /etc/passwd
              echo "${user%:*}:x:${user#*:}:" >> /etc/group
            done
            rm -rf /etc/lxc/lxc-usernet
            install -m 4755 '\(Program.ours.path)' '\(Program.ours.installed)'
            install -m 4755 '\(Program.peer.path)' '\(Program.peer.installed)'
            ip link set lo up
            """)
        guard made.succeeded else { throw .notEntered(made.complaint) }
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

    /// The veths on this side.
    package var nics: [String] {
        shell("ip -br link show type veth").lines.map {
            String($0.prefix { $0 != " " && $0 != "@" })
        }
    }

    /// One word of `ip -d link show`, such as the one behind "mtu".
    package func fact(_ word: String, of nic: String) -> String? {
        let words = shell("ip -d link show '\(nic)'").output.split { $0 == " " || $0 == "\n" }
        return words.firstIndex { $0 == word }.map { String(words[$0 + 1]) }
    }
}

/// Whose helper a scenario runs: LXC's, or this project's.
package enum Program: String, CaseIterable, Codable, Sendable {
    case peer, ours

    /// Where it is built or installed on this machine.
    package var path: String {
        switch self {
        case .peer: "/usr/libexec/lxc/lxc-user-nic"
        case .ours: getenv("BERTH_NIC").map { String(cString: $0) } ?? "berth-nic"
        }
    }

    /// Where a test's own host has it, setuid.
    package var installed: String { "/run/test/bin/\(rawValue)-nic" }
}
