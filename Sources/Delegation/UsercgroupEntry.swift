package import Cgroups
package import Linux

/// A line of lxc-usercgroup: `OWNER CONTROLLERS [LIMIT=VALUE …]`.
package struct UsercgroupEntry: Equatable, Sendable {
    package let owner: Owner
    package let selection: ControllerSelection
    package let limits: [Limit]
    /// The number of the line, from 1.
    package let line: Int

    /// The controllers to enable in the user's cgroup.
    package enum ControllerSelection: Equatable, Sendable {
        /// `*`: all controllers of the host.
        case all
        case these([Controller])
    }

    /// Why a line is invalid.
    package enum ParseError: Error {
        case tooFewFields
        case emptyName
        case invalidController(String)
        case onlyThreaded(String)
        case malformedLimit(String)
        case unknownLimit(String)
        case invalidValue(String)
        case duplicateLimit(String)
    }

    /// - Parameter text: a line without its newline, neither empty nor a comment.
    package init(_ text: ArraySlice<UInt8>, line: Int) throws(ParseError) {
        let words = wordsBeforeComment(of: text)
        guard words.count >= 2 else { throw .tooFewFields }
        guard !words[0].elementsEqual([0x40]) else { throw .emptyName }
        owner = Owner(field: words[0])
        selection = try ControllerSelection(words[1])
        var limits: [Limit] = []
        for word in words[2...] {
            let limit = try Limit(word)
            guard !limits.contains(where: { $0.file == limit.file }) else {
                throw .duplicateLimit(printable(limit.file))
            }
            limits.append(limit)
        }
        self.limits = limits
        self.line = line
    }

    /// The controllers of the host that are enabled in the user's cgroup.
    package func controllers(of host: [Controller]) -> [Controller] {
        selection.controllers(of: host)
    }

    /// The controllers that the parent must enable: the selected ones, and those of the limits.
    package func needs(of host: [Controller]) -> [Controller] {
        let forLimits = limits.compactMap { $0.controller }
        let given = controllers(of: host)
        return host.filter { given.contains($0) || forLimits.contains($0) }
    }
}

extension UsercgroupEntry.ControllerSelection {
    /// The selected controllers that the host has; none if all of these are threaded.
    package func controllers(of host: [Controller]) -> [Controller] {
        let selected: [Controller] =
            switch self {
            case .all: host
            case .these(let list): host.filter { list.contains($0) }
            }
        return selected.contains { !$0.isThreaded } ? selected : []
    }

    fileprivate init(_ word: ArraySlice<UInt8>) throws(UsercgroupEntry.ParseError) {
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

extension UsercgroupEntry.ParseError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooFewFields: "a line needs at least two fields, USER and CONTROLLERS"
        case .emptyName: "a group needs a name after the @"
        case .invalidController(let word):
            "\"\(word)\" is neither * nor a list of controllers such as cpu,memory,pids"
        case .onlyThreaded(let word):
            "\"\(word)\" has only threaded controllers (cpu, cpuset, perf_event, pids), which no "
                + "container can use: add memory, or another controller that is not threaded"
        case .malformedLimit(let word): "\"\(word)\" is not a limit such as memory.max=8G"
        case .unknownLimit(let word): "\"\(word)\" does not name a cgroup file that sets a limit"
        case .invalidValue(let word): "\"\(word)\" is not a valid value of that limit"
        case .duplicateLimit(let file): "\(file) is set twice"
        }
    }
}
