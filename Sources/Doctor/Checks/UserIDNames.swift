internal import Linux

/// Whether the user's ID has one name: files that name a user by another name grant nothing.
enum UserIDNames: Check {
    static let name = "user-id"

    static func findings(_ facts: Facts) -> [Finding] {
        let names = facts.accountNames
        guard let first = names.first, names.count > 1 else { return [] }
        let owners = (facts.subordinate.users + facts.subordinate.groups).map(\.owner)
        let others = names.dropFirst()
        let grants = others.filter { name in owners.contains { $0 == name.bytes } }
        let text =
            "user \(facts.target.user.number) has the names \(listed(names.map(\.quoted))), and "
            + "programs use the first, \(first.quoted)"
        let fix = Fix.advice(
            "as root, give each account a user ID of its own; or use \(first.quoted) in "
                + "/etc/subuid, /etc/subgid and the files in /etc/lxc")
        guard !owners.contains(where: { $0 == first.bytes }), let other = grants.first else {
            return [.warning("/etc/passwd", text, fix)]
        }
        return [
            .problem(
                "/etc/passwd",
                text + ", so lines for \(other.quoted) in /etc/subuid and similar files have no "
                    + "effect", fix)
        ]
    }
}
