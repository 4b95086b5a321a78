internal import HostPaths
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
        if let failure = facts.network.recordFailure { return [record(failure, facts)] }
        return facts.usedNetworks.compactMap { network in
            // Reported only to root: other users cannot observe all that may be missing.
            guard network.foreignFirewalls != nil, network.state == .incomplete else { return nil }
            return .problem(
                network.bridge,
                "something that berth-net created is missing: \(listed(network.missing))",
                .command("berth-net reload", by: .root))
        }
    }

    private static func record(_ failure: String, _ facts: Facts) -> Finding {
        let start = Fix.command("berth-net start", by: .root)
        switch facts.network.recordRemedy {
        case .start: return .warning("state of berth-net", failure, start)
        case .removal:
            return .problem(
                "state of berth-net", failure, .command("rm \(Paths.networkRecord)", by: .root),
                start)
        case .message, nil: return .warning("state of berth-net", failure)
        }
    }
}
