internal import Linux

/// Whether the settings of berth-net are valid, and everything that it created still exists.
enum NetworkSettings: Check {
    static let name = "network-settings"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        if let failure = facts.network.failure {
            return [.unknown("the network", failure)]
        }
        let problems = facts.network.problems.map {
            Finding.problem(
                "settings of berth-net", $0,
                .advice("correct it, and run berth-net check"))
        }
        guard problems.isEmpty else { return problems }
        if let failure = facts.network.recordFailure {
            return [
                .warning("state of berth-net", failure, .command("berth-net start", by: .root))
            ]
        }
        return facts.usedNetworks.compactMap { network in
            // Reported only to root: other users cannot observe all that may be missing.
            guard network.foreignFirewalls != nil, network.state == .incomplete else { return nil }
            return .problem(
                network.bridge,
                "something that berth-net created is missing: \(listed(network.missing))",
                .command("berth-net reload", by: .root))
        }
    }
}
