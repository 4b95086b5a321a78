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
        var steps: [Step] = []
        var path: UntrustedText = "/"
        for name in [[]] + goal.bytes.split(separator: 0x2f) {
            if !name.isEmpty {
                path = (path == "/" ? path : path.appending("/")).appending(UntrustedText(name))
            }
            do throws(UnreadReason) {
                // lxc-create creates missing directories, with search permission.
                guard let file = try files.attributes(of: path) else { break }
                steps.append(Step(path: path, file: file))
            } catch {
                steps.append(Step(path: path, file: nil, reason: error))
                break
            }
        }
        return SearchPermissionFacts(steps: steps)
    }
}
