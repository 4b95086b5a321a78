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
            let hasCapabilities = program.file?.hasCapabilities ?? false
            return program.executionFinding(by: facts.target) ?? program.setuidFinding
                ?? .ok(path, hasCapabilities ? "has file capabilities" : "setuid root")
        }
    }
}
