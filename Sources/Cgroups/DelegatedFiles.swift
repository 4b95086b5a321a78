internal import Linux

/// The files of a cgroup that become a user's own together with its directory; all others say what its
/// parent grants it, and stay root's.
package enum DelegatedFiles {
    /// The kernel's own list: see "Delegation containment" in cgroups(7). It has grown, and will.
    package static let list = "/sys/kernel/cgroup/delegate"

    /// As Linux 6.1 has it: for a kernel that does not tell.
    private static var usual: [String] {
        [
            "cgroup.procs", "cgroup.threads", "cgroup.subtree_control", "memory.oom.group",
            "memory.reclaim",
        ]
    }

    package static func ofThisKernel() -> [[UInt8]] {
        let text = (try? SmallFile.contents(of: list)) ?? nil
        let names = parse(text ?? [])
        return names.isEmpty ? usual.map { Array($0.utf8) } : names
    }

    /// A name is no path.
    package static func parse(_ text: [UInt8]) -> [[UInt8]] {
        text.split(separator: 0x0a).map { Array($0) }.filter { name in
            name.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x2e || $0 == 0x5f }
                && name.first != 0x2e
        }
    }
}
