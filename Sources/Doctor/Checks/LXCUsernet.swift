internal import HostPaths

/// Whether the file is one that berth-nic believes, and every line of it means something.
enum LXCUsernet: Check {
    static let name = "lxc-usernet"

    static func findings(_ facts: Facts) -> [Finding] {
        let usernet = facts.usernet
        let path = Paths.usernet
        guard facts.config.wantsHelper else { return [] }
        guard usernet.exists else {
            return [
                .problem(
                    path, "it does not exist, so nobody may have a NIC",
                    .line("\(facts.subject.field) veth \(bridge(facts)) 10", to: path, by: .root))
            ]
        }
        guard usernet.isTrusted else {
            return [
                .problem(
                    path,
                    "it can be written by others than root, and berth-nic does not believe it",
                    .command("chown root:root /etc/lxc \(path)", by: .root),
                    .command("chmod go-w /etc/lxc \(path)", by: .root))
            ]
        }
        guard usernet.isReadable else { return [.unknown(path, "only root may read it")] }
        let decisive = usernet.bridges.compactMap(\.decisive)
        let others = usernet.faults.filter { !decisive.contains($0) }
        return others.isEmpty && decisive.isEmpty
            ? [.ok(path, "every line is understood")]
            : others.map {
                .warning(
                    "\(path):\($0.number)", "the line gives nobody anything: \($0.reason)",
                    $0.fix(in: path))
            }
    }

    private static func bridge(_ facts: Facts) -> String {
        facts.usernet.bridges.first { $0.isValid }?.name ?? "lxcbr0"
    }
}
