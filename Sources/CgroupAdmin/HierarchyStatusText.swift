package import CgroupStatus
internal import Linux
internal import Terminal

extension HierarchyStatus {
    /// The text for a terminal, in 80 columns.
    package var text: String {
        guard isSetUp else { return "\(path) does not exist: run berth-cgroup setup\n" }
        var page: [String] = []
        page.add("\(path): \(Self.listed(controllers))", 0)
        for user in users { user.add(to: &page) }
        if users.isEmpty, hidden.isEmpty { page.add("no user has a cgroup yet", 0) }
        if !hidden.isEmpty {
            page.add(
                "cgroups of \(counted(hidden.count, "other user")), which only "
                    + "root and their owners may see", 0)
        }
        return page.map { $0 + "\n" }.joined()
    }

    fileprivate static func listed(_ controllers: [String]) -> String {
        controllers.isEmpty ? "no controllers" : controllers.joined(separator: " ")
    }
}

extension HierarchyStatus.User {
    fileprivate func add(to page: inout [String]) {
        page.add("\(user) (u\(uid)): \(HierarchyStatus.listed(controllers))", 0)
        page.add(usage.sentence, 2)
        if !limits.isEmpty {
            let words = limits.sorted { $0.key < $1.key }.map { limit in
                "\(limit.key)=\(limit.value.replacing(" ", with: "\\040"))"
            }
            page.add("limits: " + words.joined(separator: " "), 2)
        }
        if !processes.isEmpty { page.add(processes.sentence(atMost: 8), 2) }
        for leaf in leaves { leaf.add(to: &page) }
    }
}

extension HierarchyStatus.Group {
    fileprivate func add(to page: inout [String]) {
        let list = processes.sentence(atMost: 8)
        if kind == .leaf || groups.count > 0 {
            page.add(
                processes.isEmpty && groups.isEmpty
                    ? "\(name.escaped): \(emptiness)" : name.escaped, 2)
            if !(processes.isEmpty && groups.isEmpty) { page.add(usage.sentence, 4) }
            if !processes.isEmpty { page.add(list, 4) }
            for group in groups { group.add(to: &page, indented: 4) }
        } else {
            add(to: &page, indented: 2)
        }
    }

    private var emptiness: String {
        populated ? "threads of processes listed under the user" : "empty"
    }

    private func add(to page: inout [String], indented indent: Int) {
        guard !processes.isEmpty else { return page.add("\(name.escaped): \(emptiness)", indent) }
        page.add("\(name.escaped): \(usage.sentence)", indent)
        page.add(processes.sentence(atMost: 8), indent + 2)
    }
}

extension [String] {
    /// Adds the lines of a paragraph.
    fileprivate mutating func add(_ paragraph: String, _ indent: Int) {
        self += folded(
            paragraph, behind: String(repeating: " ", count: indent), visible: indent, hanging: 4)
    }
}
