internal import Linux
internal import UserFiles

/// The directories on the path to a user's containers.
struct SearchPermissionFacts: Equatable, Sendable {
    struct Step: Equatable, Sendable {
        let path: UntrustedText
        /// `nil` if the attributes could not be read, for the reason below.
        let file: FileAttributes?
        var reason: UnreadReason?
    }

    var steps: [Step] = []

    static func observe(
        to config: ContainerConfig, of target: TargetUser, from files: inout some FileReader
    ) -> SearchPermissionFacts {
        var goal = config.directory
        if let container = target.container { goal = config.rootDirectory(of: container) }
        guard goal.hasPrefix("/") else { return SearchPermissionFacts() }
        var facts = SearchPermissionFacts()
        guard facts.visit("/", from: &files) else { return facts }
        var place: [[UInt8]] = []
        var rest = Array(RootFileSystem.names(in: goal).reversed())
        var links = 0
        while let name = rest.popLast() {
            if name == [0x2e, 0x2e] {
                place = Array(place.dropLast())
                continue
            }
            let path = UntrustedText((place + [name]).flatMap { [0x2f] + $0 })
            // The directories on the path of a link's target need search permission, too.
            if let target = (try? files.target(of: path)) ?? nil, links < 40 {
                links += 1
                if target.first == 0x2f { place = [] }
                rest += RootFileSystem.names(in: UntrustedText(target)).reversed()
                continue
            }
            place.append(name)
            guard facts.visit(path, from: &files) else { break }
        }
        return facts
    }

    /// - Returns: whether the path leads on.
    private mutating func visit(
        _ path: UntrustedText, from files: inout some FileReader
    ) -> Bool {
        guard !steps.contains(where: { $0.path == path }) else { return true }
        do throws(UnreadReason) {
            // lxc-create creates missing directories, with search permission.
            guard let file = try files.attributes(of: path) else { return false }
            steps.append(Step(path: path, file: file))
            return true
        } catch {
            steps.append(Step(path: path, file: nil, reason: error))
            return false
        }
    }

    /// The first directory that the user may not search.
    func closedDirectory(to target: TargetUser) -> UntrustedText? {
        steps.first { step in
            step.file.map { !$0.permits(target.user, target.groups, .search) } ?? false
        }?.path
    }
}
