internal import Linux

/// The files of a cgroup that are given to the user together with its directory. All other files
/// control what the cgroup gets from its parent, and remain owned by root. `delegate` of
/// UserCgroupConfiguration changes their owner with fchownat(2).
package enum DelegatedFiles {
    /// The kernel's list: see "Delegation containment" in cgroups(7). Newer kernels list more
    /// files.
    package static let list = "/sys/kernel/cgroup/delegate"

    /// The list of Linux 6.1, for kernels without the file (before 4.15).
    private static var fallback: [String] {
        [
            "cgroup.procs", "cgroup.threads", "cgroup.subtree_control", "memory.oom.group",
            "memory.reclaim",
        ]
    }

    package static func ofThisKernel() -> [[UInt8]] {
        let text = (try? SmallFile.contents(of: list)) ?? nil
        let names = parse(text ?? [])
        return names.isEmpty ? fallback.map { Array($0.utf8) } : names
    }

    /// Skips names that could be paths (path traversal).
    package static func parse(_ text: [UInt8]) -> [[UInt8]] {
        text.split(separator: 0x0a).map { Array($0) }.filter { name in
            name.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x2e || $0 == 0x5f }
                && name.first != 0x2e
        }
    }
}
