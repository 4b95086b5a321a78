internal import Cgroups
package import JSONOutput
internal import Linux

/// A cgroup's resource usage and limits; `nil` for a resource whose controller is not enabled.
package struct Usage: Encodable, Equatable, Sendable {
    package struct Bounded: Encodable, Equatable, Sendable {
        package let current: UInt64
        /// `nil` if the cgroup itself has no limit.
        @OrNull package private(set) var max: UInt64?
    }

    package struct Time: Encodable, Equatable, Sendable {
        package let microseconds: UInt64
        /// The limit per second on all processors together; `nil` if the cgroup itself has none.
        @OrNull package private(set) var maxPerSecond: UInt64?

        package init(microseconds: UInt64, maxPerSecond: UInt64?) {
            self.microseconds = microseconds
            self.maxPerSecond = maxPerSecond
        }
    }

    /// In bytes.
    @OrNull package private(set) var memory: Bounded?
    /// Counted even if the cpu controller is not enabled.
    @OrNull package private(set) var cpu: Time?
    /// Processes and threads.
    @OrNull package private(set) var pids: Bounded?

    init(of cgroup: borrowing Cgroup) {
        memory = Self.bounded("memory", cgroup)
        pids = Self.bounded("pids", cgroup)
        let statistics = Self.text("cpu.stat", cgroup) ?? []
        let bound = Self.text("cpu.max", cgroup).flatMap { Self.share($0) }
        cpu = Lines(bytes: statistics).compactMap { Self.microseconds(statistics[$0]) }.first
            .map { Time(microseconds: $0, maxPerSecond: bound) }
    }

    private static func microseconds(_ line: ArraySlice<UInt8>) -> UInt64? {
        let fields = words(of: line)
        guard fields.count == 2, fields[0].elementsEqual("usage_usec".utf8) else { return nil }
        return decimal(fields[1], upTo: .max)
    }

    /// - Parameter text: cpu.max, `MICROSECONDS PERIOD`, or `max PERIOD` for no limit.
    /// - Returns: microseconds per second.
    package static func share(_ text: [UInt8]) -> UInt64? {
        let fields = text.split { $0 == 0x20 || $0 == 0x0a }
        guard fields.count == 2, let share = decimal(fields[0], upTo: 1 << 40),
            let period = decimal(fields[1], upTo: 1 << 40), period > 0
        else { return nil }
        return share * 1_000_000 / period
    }

    /// memory.current and memory.max, or pids.current and pids.max.
    private static func bounded(_ resource: String, _ cgroup: borrowing Cgroup) -> Bounded? {
        guard let current = number("\(resource).current", cgroup) else { return nil }
        return Bounded(current: current, max: number("\(resource).max", cgroup))
    }

    private static func number(_ file: String, _ cgroup: borrowing Cgroup) -> UInt64? {
        guard let text = text(file, cgroup) else { return nil }
        return decimal(text.last == 0x0a ? text.dropLast() : text[...], upTo: .max)
    }

    private static func text(_ file: String, _ cgroup: borrowing Cgroup) -> [UInt8]? {
        try? cgroup.directory.contents(of: Array(file.utf8))
    }
}

extension Usage {
    /// "memory 11.2M of 8.0G, cpu 1.25 s, 4 of 4096 tasks"
    package var sentence: String {
        var parts: [String] = []
        if let memory {
            let max = memory.max.map { " of " + Self.size($0) } ?? ""
            parts.append("memory \(Self.size(memory.current))\(max)")
        }
        if let cpu { parts.append("cpu \(cpu.text)") }
        if let pids {
            let number = "\(pids.current)" + (pids.max.map { " of \($0)" } ?? "")
            parts.append("\(number) task\(number == "1" ? "" : "s")")
        }
        let unknown = (memory == nil ? ["memory"] : []) + (pids == nil ? ["pids"] : [])
        if !unknown.isEmpty { parts.append("not enabled: \(unknown.joined(separator: ", "))") }
        return parts.joined(separator: ", ")
    }

    /// At most four digits and a unit: `11.2M`, `1023K`.
    package static func size(_ bytes: UInt64) -> String {
        var value = bytes
        var rest: UInt64 = 0
        var units = ["", "K", "M", "G", "T", "P", "E"][...]
        while value >= 1024, units.count > 1 {
            rest = value % 1024
            value /= 1024
            units = units.dropFirst()
        }
        let unit = units.first ?? ""
        return unit.isEmpty || value >= 100
            ? "\(value)\(unit)" : "\(value).\(rest * 10 / 1024)\(unit)"
    }

    package static func seconds(_ microseconds: UInt64) -> String {
        let hundredths = microseconds % 1_000_000 / 10_000
        return "\(microseconds / 1_000_000).\(hundredths < 10 ? "0" : "")\(hundredths) s"
    }
}

extension Usage.Time {
    /// "1.25 s of 50%", where 100% is one processor, as in top(1).
    package var text: String {
        Usage.seconds(microseconds) + (maxPerSecond.map { " of \($0 / 10_000)%" } ?? "")
    }
}
