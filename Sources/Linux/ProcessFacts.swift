internal import CLinux

extension ProcessID {
    /// Who started this process, and waits for it.
    package static var parent: ProcessID { ProcessID(getppid()) }

    /// What the kernel calls it, `bash`: 15 bytes at most, which the process may choose. `nil` if it is
    /// gone, or hidden.
    package var name: [UInt8]? {
        let text = (try? SmallFile.contents(of: "/proc/\(number)/comm")) ?? nil
        return text.map { $0.last == 0x0a ? $0.dropLast() : $0 }
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

/// A line for the system's log, where what is to be said has no terminal to say it on.
package enum SystemLog {
    package enum Weight: Sendable { case information, warning }

    package static func write(_ text: String, _ weight: Weight) {
        unsafe linux_log(weight == .warning ? LOG_WARNING : LOG_INFO, text)
    }
}
