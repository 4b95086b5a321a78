internal import Linux

/// The directories on the way to a user's containers.
struct SearchPermissionFacts: Equatable, Sendable {
    struct Step: Equatable, Sendable {
        let path: String
        /// `nil` where whoever asks does not get so far.
        let file: FileAttributes?
    }

    var steps: [Step] = []

    static func observe(to config: ContainerConfig, of subject: TargetUser) -> SearchPermissionFacts
    {
        var goal = config.directory
        if let container = subject.container {
            goal = config.rootDirectory(of: container)
        }
        guard goal.hasPrefix("/") else { return SearchPermissionFacts() }
        var steps: [Step] = []
        var path = ""
        for name in [""] + goal.split(separator: "/").map(String.init) {
            path = name.isEmpty ? "/" : path == "/" ? "/\(name)" : "\(path)/\(name)"
            do throws(Errno) {
                // What is not there will be made by its user, and then let pass.
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
