/// A question about a host and a user, answered from ``Facts`` alone.
protocol Check {
    /// The name in the JSON and in berth(1).
    static var name: String { get }
    /// Whether it applies to root's containers: they need no helper, ID map or delegated cgroup.
    static var appliesToRoot: Bool { get }
    static func findings(_ facts: Facts) -> [Finding]
}

extension Check {
    static var appliesToRoot: Bool { false }

    static func run(_ facts: Facts) -> [Finding] {
        findings(facts).map { finding in
            var finding = finding
            finding.check = name
            return finding
        }
    }
}
