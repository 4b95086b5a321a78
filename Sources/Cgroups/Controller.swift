internal import Linux

/// A resource controller by the kernel's name for it: `memory`, `pids`.
package struct Controller: Equatable, Sendable {
    package let name: [UInt8]

    /// - Parameter name: small letters and `_`, as all of the kernel's are.
    package init?(_ name: some Collection<UInt8>) {
        guard (1...32).contains(name.count),
            name.allSatisfy({ (0x61...0x7a).contains($0) || $0 == 0x5f })
        else { return nil }
        self.name = Array(name)
    }

    /// The controllers that a file such as cgroup.controllers lists.
    package static func list(_ text: [UInt8]) -> [Controller] {
        text.split { $0 == 0x20 || $0 == 0x0a }.compactMap { Controller($0) }
    }

    /// Whether it may divide the threads of one process among cgroups. A subtree that was given only
    /// such ones becomes a threaded one, in which no container starts: see "Threads" in the
    /// kernel's cgroup-v2.
    package var isThreaded: Bool {
        for known in ["cpu", "cpuset", "perf_event", "pids"] where name.elementsEqual(known.utf8) {
            return true
        }
        return false
    }
}

extension Controller: CustomStringConvertible {
    package var description: String { printable(name) }
}

extension [Controller] {
    /// "cpu memory pids"
    package var sentence: String {
        var text = ""
        for controller in self { text += (text.utf8.isEmpty ? "" : " ") + controller.description }
        return text
    }
}
