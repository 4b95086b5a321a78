/// A firewall of another program that throws the network's packets away: an accept in one table does
/// not save a packet from a drop in another.
package struct ForeignFirewall: Hashable, Sendable {
    /// What is told to another program's firewall, and taken back at the end.
    package struct Fix: Hashable, Codable, Sendable {
        /// The program and its words, one command each.
        package let apply: [[String]]
        package let undo: [[String]]
        /// What it is, for people.
        package let sentence: String
    }

    package enum Owner: String, Sendable { case docker, ufw, firewalld, unknown }

    package let owner: Owner
    /// `ip`, `ip6` or `inet`.
    package let family: String
    package let table: String
    package let chain: String
    package let isInput: Bool
    /// Whether it is in the old tables, which only iptables-legacy(8) tells of.
    package let isLegacy: Bool
    /// What a person would do about it.
    package let remedy: String
    package let mend: Fix?

    package func warning(for bridge: BridgeName) -> String {
        let whose =
            (isLegacy ? " of iptables-legacy" : "")
            + (owner == .unknown ? "" : " (\(owner.rawValue))")
        let what = isInput ? "DHCP and DNS for" : "what comes from and goes to"
        return
            "the firewall chain \(family) \(table) \(chain)\(whose) throws away \(what) \(bridge): "
            + remedy + (mend == nil ? "" : ", or set LXC_FIREWALL_FOREIGN=\"true\"")
    }

    init(
        _ owner: Owner, family: String, table: String, chain: String, isInput: Bool,
        isLegacy: Bool, isPlaced: Bool, bridge: BridgeName
    ) {
        self.owner = owner
        self.family = family
        self.table = table
        self.chain = chain
        self.isInput = isInput
        self.isLegacy = isLegacy
        let program = (family == "ip6" ? "ip6tables" : "iptables") + (isLegacy ? "-legacy" : "")
        let tag = ["-m", "comment", "--comment", IptablesDialect.tag(bridge) + ":mend"]
        func mend(_ rules: [[String]], _ sentence: String) -> Fix {
            Fix(
                apply: rules.map { [program, "-w", "10", "-I"] + $0 + tag + ["-j", "ACCEPT"] },
                undo: rules.map { [program, "-w", "10", "-D"] + $0 + tag + ["-j", "ACCEPT"] },
                sentence: sentence)
        }
        let name = bridge.description
        switch (owner, isInput) {
        case (.docker, false):
            let rules = [["DOCKER-USER", "-i", name], ["DOCKER-USER", "-o", name]]
            self.mend = mend(rules, "\(program) chain DOCKER-USER lets it pass")
            remedy = "\(program) -I DOCKER-USER -i \(name) -j ACCEPT, and the same with -o"
        case (.ufw, false):
            let chain = family == "ip6" ? "ufw6-user-forward" : "ufw-user-forward"
            self.mend = mend([[chain, "-i", name], [chain, "-o", name]], "ufw lets it pass")
            remedy = "ufw route allow in on \(name) and ufw route allow out on \(name)"
        case (.ufw, true):
            let chain = family == "ip6" ? "ufw6-user-input" : "ufw-user-input"
            self.mend = mend(
                [
                    [chain, "-i", name, "-p", "udp", "-m", "multiport", "--dports", "53,67,547"],
                    [chain, "-i", name, "-p", "tcp", "--dport", "53"],
                ], "ufw lets containers ask for DHCP and DNS")
            remedy = "ufw allow in on \(name) to any port 67 proto udp, and port 53"
        case (.firewalld, _) where isPlaced:
            self.mend = nil
            remedy = "firewalld has it in a zone that does not let it pass: choose another zone"
        case (.firewalld, _):
            let words = ["firewall-cmd", "--quiet", "--zone=trusted"]
            self.mend = Fix(
                apply: [words + ["--change-interface=\(name)"]],
                undo: [words + ["--remove-interface=\(name)"]],
                sentence: "firewalld has it in the zone trusted")
            remedy =
                "firewall-cmd --permanent --zone=trusted --add-interface=\(name) and "
                + "firewall-cmd --reload"
        case (.docker, true), (.unknown, _):
            self.mend = nil
            remedy =
                isInput
                ? "let \(name) reach UDP ports 53 and 67 and TCP port 53 there"
                : "accept iifname \(name) and oifname \(name) there"
        }
    }
}
