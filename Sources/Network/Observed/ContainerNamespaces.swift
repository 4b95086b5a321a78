package import Linux
package import Netlink

/// A network namespace other than the host's, and the container in it.
package struct ContainerNamespace: Equatable, Sendable {
    /// The namespace's ID in the host's namespace.
    package let namespace: NamespaceID
    /// The owner of its user namespace; root for a privileged container.
    package let user: UserID
    /// The first process in it.
    package let process: ProcessID
    /// The name of the LXC container; `nil` if another program created it, or if it cannot be
    /// determined.
    package let container: [UInt8]?
}

/// The namespaces of processes that the caller may inspect: for users, only their own.
package enum ContainerNamespaces {
    /// One entry for each namespace that has an ID in the host's namespace.
    package static func find(_ kernel: borrowing RouteSocket) -> [ContainerNamespace] {
        var containers: [ContainerNamespace] = []
        for process in firstProcesses() {
            guard let namespace = NetworkNamespace.unverified(of: process),
                let number = (try? kernel.id(of: namespace)) ?? nil,
                let user = try? namespace.owner() ?? .root
            else { continue }
            containers.append(
                ContainerNamespace(
                    namespace: number, user: user, process: process,
                    container: container(of: process)))
        }
        return containers
    }

    /// For each other network namespace, the process that is PID 1 in its own PID namespace, such
    /// as a container's init; without one, the process with the lowest PID.
    private static func firstProcesses() -> [ProcessID] {
        guard let own = try? SmallFile.target(of: "/proc/self/ns/net"),
            let names = try? SmallFile.names(in: "/proc")
        else { return [] }
        var first: [[UInt8]: (process: ProcessID, isInit: Bool)] = [:]
        for process in names.compactMap({ ProcessID(digits: Array($0.utf8)) })
            .sorted(by: { $0.number < $1.number })
        {
            guard let space = try? SmallFile.target(of: "/proc/\(process.number)/ns/net"),
                space != own, !(first[space]?.isInit ?? false)
            else { continue }
            let isInit = isInit(process)
            if isInit || first[space] == nil { first[space] = (process, isInit) }
        }
        return first.values.map(\.process).sorted { $0.number < $1.number }
    }

    /// Whether it is PID 1 one level below the host. A nested container's init has more PIDs.
    private static func isInit(_ process: ProcessID) -> Bool {
        let numbers = (try? ProcessStatus(of: process))?.flatMap { $0.words("NSpid") } ?? []
        return numbers.count == 2 && (numbers.last?.elementsEqual([0x31]) ?? false)
    }

    /// The name from the command line of the monitor, its parent; or from its cgroup, to which
    /// lxc-start adds a suffix if the name is taken.
    private static func container(of process: ProcessID) -> [UInt8]? {
        let parent = ((try? ProcessStatus(of: process)) ?? nil)?.words("PPid").first
            .flatMap { ProcessID(digits: Array($0)) }
        if let words = parent?.commandLine, let name = monitored(by: words) { return name }
        guard let file = try? process.cgroupFile() else { return nil }
        return payload(of: file)
    }

    /// - Parameter commandLine: `[lxc monitor] PATH NAME`, as lxc-start sets it.
    package static func monitored(by commandLine: [UInt8]) -> [UInt8]? {
        let prefix = Array("[lxc monitor] ".utf8)
        guard commandLine.starts(with: prefix) else { return nil }
        let words = commandLine.prefix { $0 != 0 }.dropFirst(prefix.count).split(separator: 0x20)
        return words.count > 1 ? words.last.map { Array($0) } : nil
    }

    /// - Parameter cgroupFile: `/proc/PID/cgroup`. The container chooses the names of the
    ///   cgroups below its own, so only the first `lxc.payload.` component counts.
    package static func payload(of cgroupFile: [UInt8]) -> [UInt8]? {
        let prefix = Array("lxc.payload.".utf8)
        for range in Lines(bytes: cgroupFile) {
            let names = cgroupFile[range].split(separator: 0x2f)
            guard let name = names.first(where: { $0.starts(with: prefix) }) else { continue }
            return Array(name.dropFirst(prefix.count))
        }
        return nil
    }
}
