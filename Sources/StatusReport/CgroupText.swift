internal import CgroupStatus
internal import Terminal

/// What a cgroup uses, as cells of a table.
extension HostStatusText {
    func memory(_ use: CgroupReport.Use) -> StyledText {
        StyledText(
            withLimit(
                use.memoryBytes.map {
                    let size = Usage.size($0)
                    return String(repeating: " ", count: max(0, 5 - size.count)) + size
                }, use.memoryMaxBytes.map { Usage.size($0) }))
    }

    func cpu(_ use: CgroupReport.Use) -> StyledText {
        StyledText(
            use.cpuMicroseconds.map {
                Usage.Time(microseconds: $0, maxPerSecond: use.cpuMaxMicrosecondsPerSecond).text
            } ?? "")
    }

    /// - Parameter rate: microseconds in a second; 100% is one processor, as in top(1).
    func share(_ rate: UInt64?, _ use: CgroupReport.Use) -> StyledText {
        guard let rate else { return StyledText(use.cpuMicroseconds == nil ? "" : "-", .dim) }
        return StyledText(
            withLimit(
                "\(rate / 10_000).\(rate % 10_000 / 1_000)%",
                use.cpuMaxMicrosecondsPerSecond.map { "\($0 / 10_000)%" }))
    }

    func tasks(_ use: CgroupReport.Use) -> StyledText {
        StyledText(withLimit(use.tasks.map { "\($0)" }, use.tasksMax.map { "\($0)" }))
    }

    private func withLimit(_ used: String?, _ limit: String?) -> String {
        guard let used else { return "" }
        return used + (limit.map { " of \($0)" } ?? "")
    }

    /// The share of the memory limit that is used, in eighths.
    func bar(_ use: CgroupReport.Use) -> StyledText {
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
