package import Cgroups
package import Linux

/// A line of lxc-usercgroup: `OWNER CONTROLLERS [LIMIT=VALUE …]`.
package struct UsercgroupEntry: Equatable, Sendable {
    package let owner: Owner
    package let selection: ControllerSelection
    package let limits: [Limit]
    /// Where it stands in the file, from 1.
    package let line: Int

    /// Which controllers the user's own cgroups may use.
    package enum ControllerSelection: Equatable, Sendable {
        /// `*`: all that the host has.
        case all
        case these([Controller])
    }

    /// Why a line means nothing.
    package enum Fault: Error {
        case tooFewFields
        case emptyName
        case invalidController(String)
        case onlyThreaded(String)
        case notALimit(String)
        case unknownLimit(String)
        case invalidValue(String)
        case limitTwice(String)
    }

    /// - Parameter text: a line without its newline, neither blank nor a comment.
    package init(_ text: ArraySlice<UInt8>, line: Int) throws(Fault) {
        var words = words(of: text)
        // A comment may follow; `#` inside a word is part of it.
        if let comment = words.firstIndex(where: { $0.first == 0x23 }) {
            words.removeSubrange(comment...)
        }
        guard words.count >= 2 else { throw .tooFewFields }
        guard !words[0].elementsEqual([0x40]) else { throw .emptyName }
        owner = Owner(field: words[0])
        selection = try ControllerSelection(words[1])
        var limits: [Limit] = []
        for word in words[2...] {
            let limit = try Limit(word)
            guard !limits.contains(where: { $0.file == limit.file }) else {
                throw .limitTwice(printable(limit.file))
            }
            limits.append(limit)
        }
        self.limits = limits
        self.line = line
    }

    /// What of the host's controllers its user's cgroups get: none where nothing but threaded ones
    /// would be left of the selection.
    package func controllers(of host: [Controller]) -> [Controller] {
        Self.controllers(of: host, for: selection)
    }

    package static func controllers(of host: [Controller], for selection: ControllerSelection)
        -> [Controller]
    {
        let wanted: [Controller] =
            switch selection {
            case .all: host
            case .these(let list): host.filter { list.contains($0) }
            }
        return wanted.contains { !$0.isThreaded } ? wanted : []
    }

    /// What the user's own cgroup needs of its parent: the controllers, and those of its limits.
    package func needs(of host: [Controller]) -> [Controller] {
        let forLimits = limits.compactMap { $0.controller }
        let given = controllers(of: host)
        return host.filter { given.contains($0) || forLimits.contains($0) }
    }
}

extension UsercgroupEntry.ControllerSelection {
    fileprivate init(_ word: ArraySlice<UInt8>) throws(UsercgroupEntry.Fault) {
        if word.elementsEqual([0x2a]) {
            self = .all
            return
        }
        var list: [Controller] = []
        for name in word.split(separator: 0x2c, omittingEmptySubsequences: false) {
            guard let controller = Controller(name) else {
                throw .invalidController(printable(word))
            }
            if !list.contains(controller) { list.append(controller) }
        }
        guard list.contains(where: { !$0.isThreaded }) else {
            throw .onlyThreaded(printable(word))
        }
        self = .these(list)
    }
}

extension UsercgroupEntry.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooFewFields: "it needs at least USER CONTROLLERS"
        case .emptyName: "a group needs a name behind the @"
        case .invalidController(let word):
            "\"\(word)\" is neither * nor a list of controllers such as cpu,memory,pids"
        case .onlyThreaded(let word):
            "\"\(word)\" lacks memory, or another that is not threaded: of threaded controllers alone (cpu, "
                + "cpuset, perf_event, pids) no container can be given any"
        case .notALimit(let word): "\"\(word)\" is not a limit such as memory.max=8G"
        case .unknownLimit(let word): "\"\(word)\" names no file that limits a cgroup"
        case .invalidValue(let word): "the value in \"\(word)\" cannot be one of that limit's"
        case .limitTwice(let file): "\(file) is there twice"
        }
    }
}
