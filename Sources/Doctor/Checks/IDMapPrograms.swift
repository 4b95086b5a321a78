/// The programs of shadow that write a user's id maps.
enum IDMapPrograms: Check {
    static let name = "id-map-programs"

    static func findings(_ facts: Facts) -> [Finding] {
        facts.mappingPrograms.flatMap { program -> [Finding] in
            guard let path = program.path else {
                let fix: Fix =
                    facts.installation.hasApt
                    ? .command("apt-get install uidmap", by: .root)
                    : .advice("install the package uidmap, or shadow where it is part of that")
                return [.problem(program.name, "it is not installed", fix)]
            }
            let faults = program.faults()
            return faults.isEmpty
                ? [.ok(path, program.file?.hasCapabilities ?? false ? "capable" : "setuid root")]
                : faults
        }
    }
}
