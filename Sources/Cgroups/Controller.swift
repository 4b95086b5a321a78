internal import Linux

/// The name of a resource controller: `memory`, `pids`.
package struct Controller: Equatable, Sendable {
    package let name: [UInt8]

    /// - Parameter name: 1 to 32 lowercase letters and `_`, as in the names of all controllers of
    ///   the kernel.
    package init?(_ name: some Collection<UInt8>) {
        guard (1...32).contains(name.count),
            name.allSatisfy({ (0x61...0x7a).contains($0) || $0 == 0x5f })
        else { return nil }
        self.name = Array(name)
    }

    /// Parses a file such as cgroup.controllers.
    package static func list(_ text: [UInt8]) -> [Controller] {
        text.split { $0 == 0x20 || $0 == 0x0a }.compactMap { Controller($0) }
    }

    /// Whether it is a threaded controller. A cgroup that contains processes and enables only
    /// threaded controllers becomes a threaded domain (cgroup.type), in which no container can
    /// start: see "Threads" in the kernel's cgroup-v2.rst.
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
