internal import HostPaths

/// Whether berth-nic can learn the names of the user and of the user's groups.
enum AccountNames: Check {
    static let name = "accounts"

    static func findings(_ facts: Facts) -> [Finding] {
        guard let way = facts.accounts.way, facts.config.needsNICHelper else { return [] }
        let names = "the names of \(facts.target.name) and of the user's groups"
        switch way {
        case .files:
            return [.ok("/etc/passwd and /etc/group", "berth-nic reads \(names) there")]
        case .nss:
            return [.ok(Paths.nameServiceSwitch, "berth-nic asks its sources for \(names)")]
        case .insufficientFiles:
            return [
                .problem(
                    Paths.nameServiceSwitch,
                    "/etc/passwd and /etc/group are not sufficient to determine \(names), and "
                        + "berth-nic is linked with musl and cannot ask other sources",
                    .advice(
                        "add the user and the user's groups to these files, or install the "
                            + "programs for glibc"))
            ]
        case .nssProgram(let program):
            guard let path = program.path else {
                return [
                    .problem(
                        "berth-nic.nss",
                        "/etc/passwd and /etc/group are not sufficient to determine \(names), and "
                            + "the program that asks the sources in \(Paths.nameServiceSwitch) is "
                            + "missing",
                        facts.installation.install(.helper, again: true))
                ]
            }
            return [
                .ok(
                    Paths.nameServiceSwitch,
                    "berth-nic asks its sources for \(names), through \(path), because "
                        + "/etc/passwd and /etc/group are not sufficient")
            ]
        }
    }
}
