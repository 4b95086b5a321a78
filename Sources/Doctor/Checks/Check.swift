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
