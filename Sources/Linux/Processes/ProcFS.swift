internal import CLinux

extension ProcessID {
    /// This process.
    package static var own: ProcessID { ProcessID(getpid()) }

    /// Who started this process; or, if that one has ended, whoever inherited it.
    package static var parent: ProcessID { ProcessID(getppid()) }

    /// What the kernel calls it, `bash`: 15 bytes at most, which the process may choose. `nil` if it is
    /// gone, or hidden.
    package var name: [UInt8]? {
        let text = (try? SmallFile.contents(of: "/proc/\(number)/comm")) ?? nil
        return text.map { $0.last == 0x0a ? $0.dropLast() : $0 }
    }

    /// What it was started with, and may have written over since: its words, each ended by a zero byte.
    /// `nil` if it is gone, hidden, or the kernel's own.
    package var commandLine: [UInt8]? {
        let text = (try? SmallFile.contents(of: "/proc/\(number)/cmdline")) ?? nil
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// From now on until this process ends that number is no other's: a process that is traced stays a zombie
    /// when it ends, until its tracer lets it go. It runs on meanwhile, and a signal to it waits. See
    /// ptrace(2), PTRACE_SEIZE; it fails for one that is traced already, and where nobody may trace.
    package func keepNumber() throws(Errno) { try call { linux_trace(number) } }

    /// Whether it may do what root may. The owner of its files in /proc can be another.
    package var isOfRoot: Bool {
        let status = (try? ProcessStatus(of: self)) ?? nil
        // The real number, the effective one, and two more.
        return status?.words("Uid").dropFirst().first?.elementsEqual("0".utf8) ?? false
    }

    /// Whether one of its threads waits at this moment for that process to end, and for no other: see
    /// `/proc/PID/syscall` in proc(5), which only those may read who may trace it.
    package func waits(for child: ProcessID) -> Bool {
        let id = "0x" + String(child.number, radix: 16)
        // wait4(PID, …), or waitid(P_PID, PID, …).
        let calls = ["\(linux_wait4) \(id) ", "\(linux_waitid) 0x\(P_PID.rawValue) \(id) "]
        let threads = (try? SmallFile.names(in: "/proc/\(number)/task")) ?? []
        return threads.contains { thread in
            let file = "/proc/\(number)/task/\(thread)/syscall"
            let text = ((try? SmallFile.contents(of: file)) ?? nil) ?? []
            return calls.contains { text.starts(with: $0.utf8) }
        }
    }

    /// When it began, in the kernel's clock ticks since boot: together with its number no other process
    /// has it. `nil` if it is gone.
    package func startTime() throws(Errno) -> UInt64? {
        guard let text = try SmallFile.contents(of: "/proc/\(number)/stat") else { return nil }
        // The name is in parentheses, and may have some of its own.
        guard let end = text.lastIndex(of: 0x29) else { return nil }
        let fields = text[(end + 1)...].split { $0 == 0x20 || $0 == 0x0a }
        guard fields.count > 19 else { return nil }
        return decimal(fields[19], upTo: .max)
    }

    /// What the kernel tells about its cgroups: `/proc/PID/cgroup`.
    package func cgroupFile() throws(Errno) -> [UInt8] {
        guard let text = try SmallFile.contents(of: "/proc/\(number)/cgroup") else {
            throw .notFound
        }
        return text
    }
}

/// What the kernel tells of a process to everybody, as it was when it was read: `/proc/PID/status`.
package struct ProcessStatus {
    private let bytes: [UInt8]

    /// - Returns: `nil` if the process is gone, or hidden.
    package init?(of process: ProcessID) throws(Errno) {
        guard let bytes = try SmallFile.contents(of: "/proc/\(process.number)/status") else {
            return nil
        }
        self.bytes = bytes
    }

    /// The words behind a key such as `Uid`; none if the kernel does not have it.
    package func words(_ key: StaticString) -> [ArraySlice<UInt8>] {
        for place in Lines(bytes: bytes) {
            let line = bytes[place]
            guard let colon = line.firstIndex(of: 0x3a),
                line[..<colon].elementsEqual(key.description.utf8)
            else { continue }
            return Linux.words(of: line[(colon + 1)...])
        }
        return []
    }
}

/// A line for the system's log, where what is to be said has no terminal to say it on.
package enum Syslog {
    package enum Weight: Sendable { case information, warning }

    package static func write(_ text: String, _ weight: Weight) {
        unsafe linux_log(weight == .warning ? LOG_WARNING : LOG_INFO, text)
    }
}
