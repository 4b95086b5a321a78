internal import Cgroups
internal import Linux

/// A process that was in a cgroup when somebody looked.
package struct CgroupProcess: Encodable, Equatable, Sendable {
    package let pid: Int32
    /// As ps(1) shows it in COMM; `?` for one that has gone meanwhile, or is hidden.
    package let command: String

    var text: String { "\(pid) \(command)" }
}

enum CgroupProcesses {
    /// A guest may have many cgroups in one another; so deep are they looked at.
    private static let depth = 64

    /// Those in the cgroup itself.
    static func direct(of cgroup: borrowing Cgroup) -> [CgroupProcess] {
        // A cgroup of threads has no list of processes that could be read.
        ((try? cgroup.processes()) ?? []).map { process in
            CgroupProcess(
                pid: process.number, command: process.name.map { printable($0) } ?? "?")
        }
    }

    /// Those in it and beneath it.
    static func all(of cgroup: borrowing Cgroup, depth: Int = depth) -> [CgroupProcess] {
        var found = direct(of: cgroup)
        guard depth > 0 else { return found }
        for name in (try? cgroup.children()) ?? [] {
            guard let child = try? cgroup.child(name) else { continue }
            found += all(of: child, depth: depth - 1)
        }
        return found
    }
}

extension [CgroupProcess] {
    func sentence(atMost limit: Int) -> String {
        prefix(limit).map(\.text).joined(separator: ", ")
            + (count > limit ? " and \(count - limit) more" : "")
    }
}
