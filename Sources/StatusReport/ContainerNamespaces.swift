internal import Cgroups
internal import Linux
internal import Netlink

/// Whoever lives in a network namespace beside the host's own.
struct ContainerNamespace: Equatable {
    /// The number by which the host's namespace knows it.
    let namespace: NamespaceID
    /// Who rules it; for a privileged container that is root.
    let user: UserID
    /// The first process in there.
    let process: ProcessID
    /// The name of LXC's container; `nil` if it is none, or does not tell.
    let container: [UInt8]?
}

/// Those into whose processes whoever asks may look: root into all, a user into his own containers.
enum ContainerNamespaces {
    /// One for each namespace that interfaces of the host lead into.
    static func find(_ kernel: borrowing RouteSocket) -> [ContainerNamespace] {
        var containers: [ContainerNamespace] = []
        for process in firstProcesses() {
            guard let namespace = NetworkNamespace.seen(of: process),
                let number = (try? kernel.number(of: namespace)) ?? nil,
                let user = try? namespace.ruler() ?? .root
            else { continue }
            containers.append(
                ContainerNamespace(
                    namespace: number, user: user, process: process,
                    container: container(of: process)))
        }
        return containers
    }

    /// For each foreign network namespace the process that is number 1 in a PID namespace of its own,
    /// such as a container's init; or the lowest of those in it.
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

    /// A container within a container has one number more.
    private static func isInit(_ process: ProcessID) -> Bool {
        let numbers = (try? ProcessStatus(of: process))?.flatMap { $0.words("NSpid") } ?? []
        return numbers.count == 2 && (numbers.last?.elementsEqual([0x31]) ?? false)
    }

    /// By lxc-start, which waits for it and says of what; or by the cgroup that lxc-start made for it,
    /// which may have got another name if that one was taken.
    private static func container(of process: ProcessID) -> [UInt8]? {
        let parent = ((try? ProcessStatus(of: process)) ?? nil)?.words("PPid").first
            .flatMap { ProcessID(digits: Array($0)) }
        if let words = parent?.commandLine, let name = monitored(by: words) { return name }
        guard let file = try? process.cgroupFile() else { return nil }
        return payload(of: file)
    }

    /// - Parameter commandLine: `[lxc monitor] PATH NAME`, as lxc-start writes it over its own.
    static func monitored(by commandLine: [UInt8]) -> [UInt8]? {
        let mark = Array("[lxc monitor] ".utf8)
        guard commandLine.starts(with: mark) else { return nil }
        let words = commandLine.prefix { $0 != 0 }.dropFirst(mark.count).split(separator: 0x20)
        return words.count > 1 ? words.last.map { Array($0) } : nil
    }

    /// - Parameter cgroupFile: `/proc/PID/cgroup`. The outermost name counts: what is beneath it, the
    ///   container made itself.
    static func payload(of cgroupFile: [UInt8]) -> [UInt8]? {
        let mark = Array("lxc.payload.".utf8)
        for place in Lines(bytes: cgroupFile) {
            let names = cgroupFile[place].split(separator: 0x2f)
            guard let name = names.first(where: { $0.starts(with: mark) }) else { continue }
            return Array(name.dropFirst(mark.count))
        }
        return nil
    }
}
