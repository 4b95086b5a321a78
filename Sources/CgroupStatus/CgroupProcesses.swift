package import Cgroups
internal import JSONOutput
package import Linux

package struct CgroupProcess: Encodable, Equatable, Sendable {
    package let pid: Int32
    /// As in the COMM column of ps(1); `?` if the process has ended or is hidden.
    package let command: UntrustedText

    fileprivate var text: String { "\(pid) \(command.escaped)" }
}

package enum CgroupProcesses {
    /// How many levels of nested cgroups are read. Containers may nest theirs.
    private static let depth = 64

    /// The processes in the cgroup itself.
    package static func direct(of cgroup: borrowing Cgroup) -> [CgroupProcess] {
        // In a threaded cgroup, cgroup.procs cannot be read.
        ((try? cgroup.processes()) ?? []).map { process in
            CgroupProcess(
                pid: process.number, command: process.name.map { UntrustedText($0) } ?? "?")
        }
    }

    package static func all(
        of cgroup: borrowing Cgroup, depth: Int = depth
    ) -> [CgroupProcess] {
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
    package func sentence(atMost limit: Int) -> String {
        prefix(limit).map(\.text).joined(separator: ", ")
            + (count > limit ? " and \(count - limit) more" : "")
    }
}
