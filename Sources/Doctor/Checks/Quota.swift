internal import HostPaths
internal import Linux

/// Whether the user may have one more NIC on each bridge that the configuration names.
enum Quota: Check {
    static let name = "quota"

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.usernet.file.exists, facts.usernet.file.isReadable else { return [] }
        return facts.usernet.quotas.compactMap { quota in
            // The check of the NIC's settings reports a missing bridge.
            guard let bridge = quota.name,
                bridge != "none" || !quota.lines.isEmpty
                    || !facts.config.nics.contains(where: \.lacksLink)
            else { return nil }
            return finding(quota, on: bridge, facts)
        }
    }

    private static func finding(
        _ quota: UsernetFacts.BridgeQuota, on bridge: String, _ facts: Facts
    ) -> Finding {
        let path = Paths.usernet
        let user = facts.target.name
        // Correct an invalid line for the user instead of adding another.
        if let line = quota.decidingInvalidLine {
            return .problem(
                "\(path):\(line.number)", "the line grants \(user) nothing: \(line.reason)",
                line.fix(in: path))
        }
        guard let last = quota.lines.last else {
            if let fault = facts.textFaults.first(where: {
                $0.file == path && FileText.concerns($0, facts)
            }) {
                return .problem(
                    "\(path):\(fault.line)",
                    "the line does not name \(user), as it has \(fault.character)",
                    .advice("correct it as the check \(FileText.name) says"))
            }
            return .problem(
                path,
                "no line lets \(user) attach a veth to \(bridge)"
                    + (quota.excluding.map { ": \($0)" } ?? ""),
                newLine(quota, on: bridge, facts))
        }
        if let finding = smallMTU(quota, on: bridge, facts) { return finding }
        guard quota.hasFreeQuota else {
            return .problem(
                "\(path):\(last.number)",
                "\(user) has used \(quota.used ?? 0) of \(quota.allowed) NICs on \(bridge)",
                .advice(larger(last, than: quota, of: user)))
        }
        let place = "\(path):\(listed(quota.lines.map { "\($0.number)" }))"
        let options = options(quota.lines)
        guard let used = quota.used else {
            return .ok(
                place,
                "\(user) may have \(counted(Int(quota.allowed), "NIC")) on \(bridge); only root "
                    + "sees how many are used" + options)
        }
        return .ok(
            place, "\(user) has used \(used) of \(quota.allowed) NICs on \(bridge)" + options)
    }

    /// DHCP clients must accept messages of 576 bytes (RFC 2131); IPv6 needs an MTU of 1280 (RFC
    /// 8200).
    private static func smallMTU(
        _ quota: UsernetFacts.BridgeQuota, on bridge: String, _ facts: Facts
    ) -> Finding? {
        for line in quota.lines {
            guard let option = line.options.first(where: { $0.hasPrefix("mtu=") }),
                let mtu = Int(option.dropFirst(4))
            else { continue }
            let place = "\(Paths.usernet):\(line.number)"
            let fix = Fix.advice("as root, correct the option, such as mtu=1400, or remove it")
            if mtu < 576 {
                return .problem(
                    place,
                    "\(option) is smaller than 576 bytes, the size of a DHCP message that clients "
                        + "must accept, so containers may get no address through DHCP", fix)
            }
            let hasIPv6 = facts.network.networks.contains { network in
                network.bridge == bridge && network.addresses.contains { $0.contains(":") }
            }
            if mtu < 1280, hasIPv6 {
                return .warning(
                    place, "\(option) is smaller than 1280, the minimum MTU of IPv6", fix)
            }
        }
        return nil
    }

    /// For a user whom the line for `*` excludes, such as a system user, the fix is advice, not a
    /// command: the exclusion is the administrator's, and so are the options of that line.
    private static func newLine(
        _ quota: UsernetFacts.BridgeQuota, on bridge: String, _ facts: Facts
    ) -> Fix {
        guard quota.excluding == nil else {
            return .advice(
                "if \(facts.target.name) is to have NICs, as root, add a line that names this "
                    + "user, with a count and options as in the line for *")
        }
        return .line("\(facts.target.ownerField) veth \(bridge) 10", to: Paths.usernet, by: .root)
    }

    /// How many NICs a user may have is the administrator's decision.
    private static func larger(
        _ line: UsernetFacts.Line, than quota: UsernetFacts.BridgeQuota, of user: String
    ) -> String {
        let decision =
            "ask the administrator for a larger count in line \(line.number), which grants "
            + (line.owner.isEmpty ? "" : "\(line.owner) ") + "\(line.count)"
        guard let used = quota.used, used > 0 else { return decision }
        return "stop a container of \(user) that has one (berth nics lists them); or \(decision)"
    }

    /// The options of each line that has some.
    private static func options(_ lines: [UsernetFacts.Line]) -> String {
        lines.filter { !$0.options.isEmpty }.map {
            (lines.count == 1 ? ", with " : "; line \($0.number) has ")
                + $0.options.joined(separator: " ")
        }.joined()
    }
}
