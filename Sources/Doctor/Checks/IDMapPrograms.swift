internal import Linux

/// Whether newuidmap and newgidmap, which write a user's ID maps, are installed and privileged.
enum IDMapPrograms: Check {
    static let name = "id-map-programs"

    static func findings(_ facts: Facts) -> [Finding] {
        facts.mappingPrograms.map { program in
            guard let path = program.path else {
                return .problem(
                    program.name, "it is not installed",
                    facts.installation.install(.idMapPrograms))
            }
            if let finding = inSearchPath(program, path, facts) { return finding }
            let hasCapabilities = program.file?.hasCapabilities ?? false
            return program.executionFinding(by: facts.target) ?? program.setuidFinding
                ?? .ok(path, hasCapabilities ? "has file capabilities" : "setuid root")
        }
    }

    /// lxc-start runs the program that comes first in PATH, and does not use it if it has no
    /// privileges.
    private static func inSearchPath(
        _ installed: ProgramFacts, _ path: String, _ facts: Facts
    ) -> Finding? {
        guard let session = facts.session, let found = session.files.programs[installed.name],
            !session.files.isSearchPathEmpty
        else { return nil }
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let directory = path[..<slash]
        guard let first = session.files.program(installed.name, for: facts.target) else {
            guard found.isEmpty, session.files.isSearchComplete else { return nil }
            return .problem(
                "PATH",
                "\(installed.name) is \(path), but PATH of this session does not contain its "
                    + "directory, so lxc-start does not find it",
                .advice(
                    "add \(directory) to PATH, in the shell's profile or in the unit that "
                        + "starts the containers"))
        }
        guard !(first.path == path), !first.file.isSetuidRoot, !first.file.hasCapabilities else {
            return nil
        }
        return .problem(
            first.path.quoted,
            "it comes before \(path) in the PATH of this session, and lxc-start runs it, but it is "
                + "not setuid root, so it cannot map IDs",
            .advice(
                "put \(directory) before the directory of this program in PATH, or remove the "
                    + "latter from PATH"))
    }
}
