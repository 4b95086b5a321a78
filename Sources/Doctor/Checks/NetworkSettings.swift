/// Whether the settings of the networks can be carried out.
enum NetworkSettings: Check {
    static let name = "network-settings"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        if let failure = facts.network.failure {
            return [.unknown("the network", failure)]
        }
        let problems = facts.network.problems.map {
            Finding.problem(
                "the settings of berth-net", $0,
                .advice("correct it, and see with berth-net check"))
        }
        guard problems.isEmpty else { return problems }
        if let failure = facts.network.recordFailure {
            return [
                .warning(
                    "what berth-net made", failure, .command("berth-net start", by: .root))
            ]
        }
        return facts.usedNetworks.compactMap { network in
            guard let missing = network.missing, !missing.isEmpty else { return nil }
            return .problem(
                network.bridge, "berth-net made it, and of that is missing: \(listed(missing))",
                .command("berth-net reload", by: .root))
        }
    }
}
