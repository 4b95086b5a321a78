internal import CgroupStatus
internal import Linux
internal import Terminal

extension HostStatusText {
    /// What the rows of the tree of users show, from left to right.
    private enum Column: Int, CaseIterable {
        case bridge, nic, address, received, sent, state, memory, bar, processor, tasks
        case host, cgroup, payer, others

        var isNumber: Bool { self == .received || self == .sent }

        /// Whether it is about a NIC. The row of a user has quotas in place of these columns.
        var isOfNIC: Bool { rawValue <= Column.state.rawValue }

        /// What is omitted where the terminal is too narrow, least important first.
        static let dispensable: [Column] = [
            .others, .cgroup, .bar, .host, .payer, .tasks, .processor, .nic, .sent, .received,
            .bridge, .memory,
        ]
    }

    /// A line of the tree, before the widths of its columns are known.
    private struct Row {
        let depth: Int
        let name: StyledText
        /// The quotas of a user, in place of the columns of a NIC.
        var quotas: [StyledText]?
        var cells: [Column: StyledText] = [:]
    }

    func users(_ status: HostStatus) -> Tree {
        var users = status.userReports()
        if let order = selection.order { users = users.sorted(by: order, rates) }
        let marks = Marks(status)
        if selection.onlyProblems {
            users = users.compactMap { marks.problematic($0) }
        }
        let severalBridges = Set((status.nics ?? []).map(\.bridge)).count > 1
        var rows: [Row] = []
        for user in users {
            rows.append(row(user))
            for member in user.members {
                rows += self.rows(member, of: user.name, severalBridges)
            }
        }
        let lines = aligned(rows)
        var trees: [Tree] = []
        var next = 0
        for user in users {
            var tree = Tree(lines.rows[next].line, details: lines.rows[next].details)
            next += 1
            tree.branches = user.quotas.flatMap(Self.options)
            for member in user.members {
                for _ in 0..<max(1, member.nics.count) {
                    tree.branches.append(Tree(lines.rows[next].line))
                    next += 1
                }
            }
            trees.append(tree)
        }
        let notes = selection.onlyProblems ? [] : hidden(status, .nics, .quotas, .cgroups)
        if trees.isEmpty, notes.isEmpty {
            trees = [Tree(StyledText(selection.onlyProblems ? "no problems" : "none", .dim))]
        }
        return Tree(lines.head, trees + notes)
    }

    /// Aligns the cells, and omits columns until the lines fit.
    private func aligned(
        _ rows: [Row]
    ) -> (head: StyledText, rows: [(line: StyledText, details: [StyledText])]) {
        let title = StyledText("Users", .bold)
        var widths: [Column: Int] = [:]
        for row in rows {
            for (column, cell) in row.cells {
                widths[column] = max(widths[column] ?? 0, cell.width)
            }
        }
        let heads = self.heads
        for (column, width) in widths {
            widths[column] = width == 0 ? nil : max(width, heads[column]?.width ?? 0)
        }
        let names = rows.map { $0.name.width + $0.depth * Tree.indent }.max() ?? 0
        let name = max(min(names, 46), title.width)
        let room = width - name
        var shown = Column.allCases.filter { !Column.dispensable.contains($0) && widths[$0] != nil }
        func total() -> Int { shown.reduce(0) { $0 + 2 + (widths[$1] ?? 0) } }
        for column in Column.dispensable.reversed() {
            guard let width = widths[column], total() + 2 + width <= room else { continue }
            shown.append(column)
        }
        shown.sort { $0.rawValue < $1.rawValue }
        let ofNIC = shown.filter(\.isOfNIC)
        // The quotas of most users fit in the columns of a NIC; others get a line of their own.
        var left = max(0, ofNIC.reduce(-2) { $0 + 2 + (widths[$1] ?? 0) })
        let spare = room - total()
        let quotasOfRows = rows.map { $0.quotas?.joined(by: "   ") }
        for quotas in quotasOfRows.compactMap({ $0?.width })
        where quotas > left && quotas <= left + spare {
            left = quotas
        }
        let rest = shown.filter { !$0.isOfNIC }
        func joined(_ cells: [Column: StyledText], _ columns: [Column]) -> StyledText {
            columns.map {
                (cells[$0] ?? StyledText()).padded(
                    to: widths[$0] ?? 0, onTheLeft: $0.isNumber)
            }.joined(by: "  ")
        }
        func line(
            _ label: StyledText, _ depth: Int, _ first: StyledText, _ cells: [Column: StyledText]
        )
            -> StyledText
        {
            let indent = depth * Tree.indent
            var line = label.padded(to: name - indent) + "  " + first.padded(to: left)
            if !rest.isEmpty { line += "  " + joined(cells, rest) }
            return line.trimmed.cut(to: width - indent)
        }
        let lines = zip(rows, quotasOfRows).map {
            row, quotas -> (line: StyledText, details: [StyledText]) in
            guard let quotas else {
                return (line(row.name, row.depth, joined(row.cells, ofNIC), row.cells), [])
            }
            if quotas.width <= left { return (line(row.name, row.depth, quotas, row.cells), []) }
            let details = (row.quotas ?? []).packed(
                to: width - 2 * Tree.indent, separator: "   ")
            return (
                line(row.name, row.depth, StyledText(), row.cells), details.map { "   " + $0 }
            )
        }
        return (line(title, 0, joined(heads, ofNIC), heads), lines)
    }

    private var heads: [Column: StyledText] {
        let words: [Column: String] = [
            .bridge: "bridge", .nic: "NIC", .address: "address",
            .received: rates == nil ? "in" : "in/s", .sent: rates == nil ? "out" : "out/s",
            .memory: "memory", .processor: "cpu", .tasks: "tasks", .host: "host NIC",
            .cgroup: "cgroup", .payer: "charged to",
        ]
        return words.mapValues { StyledText($0, .dim) }
    }

    private func row(_ user: UserReport) -> Row {
        let quotas = user.quotas.map { quota -> StyledText in
            let words = quota.lines.count == 1 ? quota.lines[0].options : []
            let options = words.filter { !quota.isPerUser || $0 != "each" }.map {
                StyledText(" " + $0, .dim)
            }
            return StyledText(quota.bridge + " ", .dim)
                + options.reduce(Self.use(quota)) { $0 + $1 }
        }
        var row = Row(depth: 1, name: StyledText(user.name, .bold), quotas: quotas)
        if let use = user.use { add(use, CgroupKey(user: user.name), to: &row) }
        return row
    }

    /// One row for each NIC. What the container uses is in the first.
    private func rows(
        _ member: UserReport.Member, of user: String, _ severalBridges: Bool
    ) -> [Row] {
        var first = Row(depth: 2, name: name(member))
        if let use = member.use { add(use, CgroupKey(member, of: user), to: &first) }
        if let cgroup = member.cgroup {
            first.cells[.cgroup] = StyledText(cgroup.escaped(upTo: 40), .dim)
        }
        guard !member.nics.isEmpty else { return [first] }
        let nics = member.nics.sorted {
            let (left, right) = ($0.bridge ?? "~", $1.bridge ?? "~")
            return left == right
                ? naturallyPrecedes($0.hostName, $1.hostName) : naturallyPrecedes(left, right)
        }
        return nics.enumerated().map { position, nic in
            var row = position == 0 ? first : Row(depth: 2, name: name(member))
            if severalBridges { row.cells[.bridge] = StyledText(nic.bridge ?? "none") }
            row.cells[.nic] = StyledText(nic.name ?? "?")
            row.cells[.address] = address(nic)
            row.cells[.received] = amount(rates?.traffic(of: nic)?.received, nic.receivedBytes)
            row.cells[.sent] = amount(rates?.traffic(of: nic)?.sent, nic.sentBytes)
            if !nic.isUp { row.cells[.state] = StyledText("down", .red) }
            row.cells[.host] = StyledText(nic.hostName, .dim)
            if let owner = nic.owner, owner != nic.user { row.cells[.payer] = StyledText(owner) }
            let others = others(nic)
            if !others.isEmpty { row.cells[.others] = others.joined(by: "  ") }
            return row
        }
    }

    private func name(_ member: UserReport.Member) -> StyledText {
        switch member.kind {
        case .container(let name): return StyledText(name)
        case .process(let number): return StyledText("process \(number)")
        case .unknown: return StyledText("?")
        case .commands(let all):
            var commands: [UntrustedText] = []
            for command in all where !commands.contains(command) { commands.append(command) }
            guard !commands.isEmpty else {
                return StyledText(member.use?.tasks == 0 ? "empty" : "-", .dim)
            }
            let rest = commands.count > 2 ? terminal.usesUnicode ? ", …" : ", ..." : ""
            return StyledText(
                commands.prefix(2).map { $0.escaped(upTo: 18) }.joined(separator: ", ") + rest,
                .dim)
        }
    }

    /// The other addresses. A container can add thousands, so only some are shown.
    private func others(_ nic: NICReport) -> [StyledText] {
        let others = nic.addresses.filter { $0 != nic.shortAddress }
        let shown = others.prefix(2).map { StyledText($0) }
        guard others.count > shown.count else { return shown }
        return shown + [StyledText("and \(others.count - shown.count) more", .dim)]
    }

    private func address(_ nic: NICReport) -> StyledText {
        guard let address = nic.shortAddress ?? nic.addresses.first else {
            return StyledText(nic.name == nil ? "?" : "no address", .dim)
        }
        return StyledText(address)
    }

    /// A rate in a view that shows rates, otherwise the total.
    private func amount(_ rate: UInt64?, _ total: UInt64?) -> StyledText {
        guard let bytes = rates == nil ? total : rate else { return StyledText("-", .dim) }
        return StyledText(Usage.size(bytes))
    }

    private func add(_ use: CgroupReport.Use, _ key: CgroupKey, to row: inout Row) {
        row.cells[.memory] = memory(use)
        row.cells[.bar] = bar(use)
        row.cells[.processor] =
            rates == nil ? cpu(use) : share(rates?.processor(of: key), use)
        row.cells[.tasks] = tasks(use)
    }

    /// The lines with options, where the row of the user does not show them.
    private static func options(_ quota: QuotaReport) -> [Tree] {
        guard quota.lines.count > 1 else { return [] }
        return quota.lines.filter { !$0.options.isEmpty }.map { line in
            Tree(
                StyledText("line \(line.line): \(line.count) on \(quota.bridge) ", .dim)
                    + StyledText(line.options.joined(separator: " ")))
        }
    }

    private static func use(_ quota: QuotaReport) -> StyledText {
        if quota.isPerUser { return StyledText("\(quota.allowed) each") }
        guard let used = quota.used else { return StyledText("? of \(quota.allowed)") }
        return StyledText(
            "\(used) of \(quota.allowed)", used >= quota.allowed ? .yellow : nil)
    }
}

/// Which users, containers and bridges have problems.
struct Marks {
    private var places: Set<String> = []
    private var hosts: Set<String> = []
    private let problems: [StatusProblem]

    init(_ status: HostStatus) {
        problems = status.problems()
        places = Set(problems.map(\.place))
        for nic in status.nics ?? [] where places.contains(nic.label) { hosts.insert(nic.hostName) }
    }

    func concerns(bridge: String) -> Bool { places.contains("network \(bridge)") }

    /// The user with only the members that have problems; `nil` if there are none.
    func problematic(_ user: UserReport) -> UserReport? {
        var user = user
        user.members.removeAll { member in
            if case .container(let name) = member.kind,
                places.contains("\(user.name)/\(name.escaped(upTo: 40))")
            {
                return false
            }
            return !member.nics.contains { hosts.contains($0.hostName) }
        }
        return user.members.isEmpty && !places.contains(user.name) ? nil : user
    }
}
