internal import Cgroups
internal import Linux

/// What a cgroup uses of what it may: a resource is `nil` where its controller is not on.
struct Usage: Encodable, Equatable {
    struct Bounded: Encodable, Equatable {
        let current: UInt64
        /// `nil` for no bound of its own.
        let max: UInt64?
    }

    struct Time: Encodable, Equatable {
        let microseconds: UInt64
    }

    /// Bytes.
    let memory: Bounded?
    /// Counted without any controller.
    let cpu: Time?
    /// Processes and threads.
    let pids: Bounded?

    init(of cgroup: borrowing Cgroup) {
        memory = Self.bounded("memory", cgroup)
        pids = Self.bounded("pids", cgroup)
        let statistics = Self.text("cpu.stat", cgroup) ?? []
        cpu = Lines(bytes: statistics).compactMap { Self.time(statistics[$0]) }.first
    }

    /// Of a line of cpu.stat.
    private static func time(_ line: ArraySlice<UInt8>) -> Time? {
        let fields = words(of: line)
        guard fields.count == 2, fields[0].elementsEqual("usage_usec".utf8) else { return nil }
        return decimal(fields[1], upTo: .max).map { Time(microseconds: $0) }
    }

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
    private enum CodingKeys: CodingKey { case memory, cpu, pids }

    /// With a null for what is not known, so that a reader finds each key.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(memory, forKey: .memory)
        try container.encode(cpu, forKey: .cpu)
        try container.encode(pids, forKey: .pids)
    }

    /// "memory 11.2M of 8.0G, cpu 1.25 s, 4 of 4096 tasks"
    var sentence: String {
        var parts: [String] = []
        if let memory {
            parts.append(
                "memory \(Self.size(memory.current))\(memory.max.map { " of " + Self.size($0) } ?? "")"
            )
        }
        if let cpu { parts.append("cpu \(Self.seconds(cpu.microseconds))") }
        if let pids {
            let number = "\(pids.current)" + (pids.max.map { " of \($0)" } ?? "")
            parts.append("\(number) task\(number == "1" ? "" : "s")")
        }
        let unknown = (memory == nil ? ["memory"] : []) + (pids == nil ? ["pids"] : [])
        if !unknown.isEmpty { parts.append("no controller \(unknown.joined(separator: " "))") }
        return parts.joined(separator: ", ")
    }

    /// Three digits and a unit: `11.2M`.
    static func size(_ bytes: UInt64) -> String {
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

    static func seconds(_ microseconds: UInt64) -> String {
        let hundredths = microseconds % 1_000_000 / 10_000
        return "\(microseconds / 1_000_000).\(hundredths < 10 ? "0" : "")\(hundredths) s"
    }
}

extension Usage.Bounded {
    private enum CodingKeys: CodingKey { case current, max }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(current, forKey: .current)
        try container.encode(max, forKey: .max)
    }
}
