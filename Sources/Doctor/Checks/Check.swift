/// A question about a host and a user, answered from facts alone.
protocol Check {
    static var name: String { get }
    /// Whether it is about root's own containers too, which need no helper, map or delegation.
    static var concernsRoot: Bool { get }
    static func findings(_ facts: Facts) -> [Finding]
}

extension Check {
    static var concernsRoot: Bool { false }

    static func run(_ facts: Facts) -> [Finding] {
        findings(facts).map { finding in
            var finding = finding
            finding.check = name
            return finding
        }
    }
}

/// All checks, in the order in which lxc-start would fail.
package enum Checks {
    private static var all: [any Check.Type] {
        [
            Installation.self,
            UserNamespaces.self,
            MappingPrograms.self,
            SubordinateIDs.self,
            IDMap.self,
            SearchPermission.self,
            AppArmor.self,
            Session.self,
            CgroupTree.self,
            CgroupPolicy.self,
            CgroupNode.self,
            OwnCgroup.self,
            Helper.self,
            UsernetLines.self,
            Allotments.self,
            Bridges.self,
            NetworkSettings.self,
            DNS.self,
            Forwarding.self,
            Firewall.self,
        ]
    }

    package static var names: [String] { all.map { $0.name } }

    package static func findings(_ facts: Facts) -> [Finding] {
        all.filter { $0.concernsRoot || !facts.subject.isRoot }.flatMap { $0.run(facts) }
    }
}
