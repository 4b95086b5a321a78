internal import HostPaths
internal import Network

/// Whether `/etc/lxc/lxc-usernet` exists, is trusted, and has no invalid line.
enum LXCUsernet: Check {
    static let name = "lxc-usernet"

    static func findings(_ facts: Facts) -> [Finding] {
        let usernet = facts.usernet
        let path = Paths.usernet
        guard facts.config.needsNICHelper else { return [] }
        guard usernet.file.exists else {
            let bridge = usernet.quotas.compactMap(\.name).first ?? "lxcbr0"
            return [
                .problem(
                    path, "it does not exist, so no user may create NICs",
                    .line("\(facts.target.ownerField) veth \(bridge) 10", to: path, by: .root))
            ]
        }
        guard usernet.file.isTrusted else {
            return [usernet.file.untrusted(path, for: "berth-nic")]
        }
        guard usernet.file.isReadable else { return [.unknown(path, "only root may read it")] }
        // Quota reports the lines that decide for this user.
        let deciding = usernet.quotas.compactMap(\.decidingInvalidLine)
        let others = usernet.invalidLines.filter { !deciding.contains($0) }
        let unfiltered = unfilteredLines(facts)
        return others.isEmpty && deciding.isEmpty && unfiltered.isEmpty
            ? [.ok(path, "every line is valid")]
            : others.map {
                .warning(
                    "\(path):\($0.number)", "the line grants nothing: \($0.reason)",
                    $0.fix(in: path))
            } + unfiltered
    }

    /// The user's lines with `ipfilter` for bridges on which berth-nic refuses such NICs.
    private static func unfilteredLines(_ facts: Facts) -> [Finding] {
        facts.usernet.quotas.flatMap { quota -> [Finding] in
            guard let bridge = quota.name else { return [] }
            let network = facts.network.networks.first { $0.bridge == bridge }
            let obstacle = network == nil ? .notANetwork : network?.filterObstacle
            guard let texts = obstacle?.texts else { return [] }
            return quota.lines.filter { $0.options.contains("ipfilter") }.map { line in
                .problem(
                    "\(Paths.usernet):\(line.number)",
                    "the line has ipfilter, but \(bridge) \(texts.reason), so berth-nic refuses "
                        + "the NIC", .advice(texts.fix))
            }
        }
    }
}
