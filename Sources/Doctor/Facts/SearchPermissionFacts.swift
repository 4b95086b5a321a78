internal import Linux

/// The directories on the path to a user's containers.
struct SearchPermissionFacts: Equatable, Sendable {
    struct Step: Equatable, Sendable {
        let path: String
        /// `nil` where the requester has no permission to look.
        let file: FileAttributes?
    }

    var steps: [Step] = []

    static func observe(
        to config: ContainerConfig, of target: TargetUser
    ) -> SearchPermissionFacts {
        var goal = config.directory
        if let container = target.container { goal = config.rootDirectory(of: container) }
        guard goal.hasPrefix("/") else { return SearchPermissionFacts() }
        var steps: [Step] = []
        var path = ""
        for name in [""] + goal.split(separator: "/").map(String.init) {
            path = name.isEmpty ? "/" : path == "/" ? "/\(name)" : "\(path)/\(name)"
            do throws(Errno) {
                // lxc-create makes missing directories, and makes them searchable.
                guard let file = try FileAttributes(of: path) else { break }
                steps.append(Step(path: path, file: file))
            } catch {
                steps.append(Step(path: path, file: nil))
                break
            }
        }
        return SearchPermissionFacts(steps: steps)
    }
}
