internal import Linux

/// A limit of a cgroup of the user that was reached, or a state in which its processes do not run.
struct CgroupEvent: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        /// How often memory ran out, so the kernel killed processes.
        case memory(Int)
        /// How often new processes were refused.
        case processes(Int)
        case frozen
        /// As many cgroups exist below it as `cgroup.max.descendants` allows.
        case descendants
    }

    let kind: Kind
    let path: UntrustedText
    /// The value of the file that sets the limit; empty where there is none.
    let limit: UntrustedText

    /// The maximum number of cgroups to examine, because a user can create many.
    private static let most = 64

    /// The events of the cgroup at the path, and of the cgroups below it.
    static func all(below path: String) -> [CgroupEvent] {
        var events: [CgroupEvent] = []
        var queue = [path]
        var next = 0
        while next < queue.count {
            let path = queue[next]
            next += 1
            func file(_ name: String) -> [UInt8] {
                ((try? SmallFile.start(of: "\(path)/\(name)", atMost: 4096)) ?? nil) ?? []
            }
            func add(_ kind: Kind, _ limit: String) {
                let value = file(limit).prefix { $0 != 0x0a }
                events.append(
                    CgroupEvent(
                        kind: kind, path: UntrustedText("\(path)/\(limit)"),
                        limit: UntrustedText(value)))
            }
            if let count = number("oom", in: file("memory.events.local")), count > 0 {
                add(.memory(count), "memory.max")
            }
            if let count = number("max", in: file("pids.events")), count > 0 {
                add(.processes(count), "pids.max")
            }
            // A frozen cgroup freezes those below it, which have a 0 in this file.
            if file("cgroup.freeze").first == 0x31 { add(.frozen, "cgroup.freeze") }
            let limit = file("cgroup.max.descendants").prefix { $0 != 0x0a }
            if let most = decimal(limit, upTo: 1 << 32),
                let used = number("nr_descendants", in: file("cgroup.stat")), used >= Int(most)
            {
                add(.descendants, "cgroup.max.descendants")
            }
            let children = (try? SmallFile.names(in: path)) ?? []
            for child in children where queue.count < most {
                let child = "\(path)/\(child)"
                if SmallFile.exists("\(child)/cgroup.procs") { queue.append(child) }
            }
        }
        return events
    }

    /// The number after a name, each on a line of its own.
    static func number(_ name: String, in text: [UInt8]) -> Int? {
        for line in Lines(bytes: text) {
            let words = words(of: text[line])
            guard words.count == 2, words[0].elementsEqual(name.utf8) else { continue }
            return decimal(words[1], upTo: UInt64(Int.max)).map { Int($0) }
        }
        return nil
    }
}
