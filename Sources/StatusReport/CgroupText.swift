internal import CgroupStatus
internal import Linux
internal import Terminal

extension HostStatusText {
    /// A line of the tree, before the widths of its columns are known.
    private struct Row {
        let depth: Int
        let name: StyledText
        let use: CgroupReport.Use
        let cgroup: String
    }

    func cgroups(_ status: HostStatus) -> Tree? {
        guard let cgroups = status.cgroups else { return nil }
        let rows = cgroups.users.flatMap { user in
            [Row(depth: 1, name: StyledText(user.user, .bold), use: user.use, cgroup: "")]
                + user.leaves.flatMap { self.rows($0) }
        }
        let widest = rows.map { $0.name.width + $0.depth * Tree.indent }.max() ?? 0
        let name = max(widest, 10)
        let (lines, haveNames) = columns(rows, room: TerminalCapabilities.width - name - 2)
        func label(_ text: StyledText, depth: Int, _ line: Int) -> StyledText {
            (text.padded(to: name - depth * Tree.indent) + "  " + lines[line]).trimmed
        }
        var users: [Tree] = []
        for (position, row) in rows.enumerated() {
            let cgroup =
                haveNames || row.cgroup.isEmpty ? [] : [StyledText("  " + row.cgroup, .dim)]
            let tree = Tree(label(row.name, depth: row.depth, position + 1), details: cgroup)
            if row.depth == 1 {
                users.append(tree)
            } else {
                users[users.count - 1].branches.append(tree)
            }
        }
        let notes = hidden(status, .cgroups)
        if users.isEmpty, notes.isEmpty {
            users = [Tree(StyledText("no user has a cgroup yet", .dim))]
        }
        let title = StyledText("Cgroups", .bold)
        return Tree(rows.isEmpty ? title : label(title, depth: 0, 0), users + notes)
    }

    /// One row for each container in a command cgroup, or one for a cgroup without containers.
    private func rows(_ group: CgroupReport.CommandCgroup) -> [Row] {
        guard group.containers.isEmpty else {
            return group.containers.map {
                Row(depth: 2, name: StyledText($0.name), use: $0.use, cgroup: group.name.escaped)
            }
        }
        var commands: [UntrustedText] = []
        for command in group.commands where !commands.contains(command) { commands.append(command) }
        let rest = commands.count > 2 ? terminal.usesUnicode ? ", …" : ", ..." : ""
        let name =
            commands.isEmpty
            ? StyledText(group.use.tasks == 0 ? "empty" : "-", .dim)
            : StyledText(commands.prefix(2).map(\.escaped).joined(separator: ", ") + rest, .dim)
        return [Row(depth: 2, name: name, use: group.use, cgroup: group.name.escaped)]
    }

    /// Returns the header and the rows. If they are too wide, omits the bars, and then the names of
    /// the cgroups, which get lines of their own.
    private func columns(_ rows: [Row], room: Int) -> (lines: [StyledText], haveNames: Bool) {
        let head = ["memory", "", "cpu", "tasks", "cgroup"].map { StyledText($0, .dim) }
        let cells = rows.map { row in
            [
                memory(row.use), bar(row.use), cpu(row.use),
                StyledText(
                    withLimit(row.use.tasks.map { "\($0)" }, row.use.tasksMax.map { "\($0)" })),
                StyledText(row.cgroup, .dim),
            ]
        }
        var lines: [StyledText] = []
        for kept in [[0, 1, 2, 3, 4], [0, 2, 3, 4], [0, 2, 3]] {
            lines = aligned(([head] + cells).map { row in kept.map { row[$0] } })
            if lines.allSatisfy({ $0.width <= room }) { return (lines, kept.contains(4)) }
        }
        return (lines, false)
    }

    private func memory(_ use: CgroupReport.Use) -> StyledText {
        StyledText(
            withLimit(
                use.memoryBytes.map {
                    let size = Usage.size($0)
                    return String(repeating: " ", count: max(0, 5 - size.count)) + size
                }, use.memoryMaxBytes.map { Usage.size($0) }))
    }

    private func cpu(_ use: CgroupReport.Use) -> StyledText {
        StyledText(
            use.cpuMicroseconds.map {
                Usage.Time(microseconds: $0, maxPerSecond: use.cpuMaxMicrosecondsPerSecond).text
            } ?? "")
    }

    private func withLimit(_ used: String?, _ limit: String?) -> String {
        guard let used else { return "" }
        return used + (limit.map { " of \($0)" } ?? "")
    }

    /// The share of the limit that is used, in eighths.
    private func bar(_ use: CgroupReport.Use) -> StyledText {
        guard let used = use.memoryBytes, let limit = use.memoryMaxBytes, limit > 0 else {
            return StyledText()
        }
        let share = min(1, Double(used) / Double(limit))
        let full = min(8, Int(share * 8 + 0.5))
        let (ink, blank): (Character, Character) = terminal.usesUnicode ? ("█", "░") : ("#", "-")
        let style: TerminalStyle = share < 0.75 ? .green : share < 0.9 ? .yellow : .red
        return StyledText(String(repeating: ink, count: full), style)
            + StyledText(String(repeating: blank, count: 8 - full), .dim)
    }
}
