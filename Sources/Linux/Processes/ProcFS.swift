internal import CLinux

extension ProcessID {
    package static var own: ProcessID { ProcessID(getpid()) }

    /// The parent of this process (getppid(2)), or the process that adopted it when the parent
    /// ended.
    package static var parent: ProcessID { ProcessID(getppid()) }

    /// Sets the kernel's name for this process (`comm`, by PR_SET_NAME). It would otherwise be the
    /// last part of the path that the caller executed, which may be a link.
    package static func setOwnName(_ name: StaticString) {
        name.withUTF8Buffer { bytes in
            // A static string has a zero byte at its end. The call cannot fail.
            _ = unsafe linux_set_process_name(bytes.baseAddress)
        }
    }

    /// The kernel's name for the process (`comm`), such as `bash`: at most 15 bytes, which the
    /// process itself may change. `nil` if the process has ended or is hidden (the mount option
    /// hidepid).
    package var name: [UInt8]? {
        let text = (try? SmallFile.contents(of: "/proc/\(number)/comm")) ?? nil
        return text.map { $0.last == 0x0a ? $0.dropLast() : $0 }
    }

    /// The command line, each argument with a zero byte at its end. The process may have
    /// overwritten it. `nil` if the process has ended, is hidden or is a kernel thread.
    package var commandLine: [UInt8]? {
        let text = (try? SmallFile.contents(of: "/proc/\(number)/cmdline")) ?? nil
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Keeps the process ID from being reused until this process ends: a traced process that ends
    /// stays a zombie until its tracer reaps or detaches it. The traced process keeps running, but
    /// a signal stops it until this process ends. Fails if it is already traced, or tracing is
    /// forbidden. See PTRACE_SEIZE in ptrace(2).
    package func preventIDReuse() throws(Errno) { try call { linux_ptrace_seize(number) } }

    /// Has the kernel kill this process when its parent ends, so that no other process adopts it.
    ///
    /// The kernel clears the setting when an effective or filesystem user or group ID of this
    /// process changes, and when it executes a program in secure mode (AT_SECURE), such as a setuid
    /// program: see PR_SET_PDEATHSIG in prctl(2).
    /// - Parameter parent: the parent when this process started.
    /// - Returns: `false` if that is no longer the parent.
    package static func setParentDeathSignal(_ parent: ProcessID) throws(Errno) -> Bool {
        try call { linux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL)) }
        // The parent may have ended before the call.
        return .parent == parent
    }

    /// Whether one of its threads runs as root, and now waits for the end of that process and of no
    /// other. Needs permission to trace the process: see `/proc/PID/syscall` in proc(5).
    package func waitsAsRoot(for child: ProcessID) -> Bool {
        let id = "0x" + String(child.number, radix: 16)
        // wait4(PID, …), or waitid(P_PID, PID, …).
        let calls = ["\(linux_SYS_wait4) \(id) ", "\(linux_SYS_waitid) 0x\(P_PID.rawValue) \(id) "]
        let threads = (try? SmallFile.names(in: "/proc/\(number)/task")) ?? []
        return threads.contains { thread in
            let directory = "/proc/\(number)/task/\(thread)"
            let text = ((try? SmallFile.contents(of: "\(directory)/syscall")) ?? nil) ?? []
            guard calls.contains(where: { text.starts(with: $0.utf8) }) else { return false }
            let status = (try? ProcessStatus(in: directory)) ?? nil
            // The real, effective, saved and filesystem user IDs.
            return status?.words("Uid").dropFirst().first?.elementsEqual("0".utf8) ?? false
        }
    }

    /// The start time in clock ticks since boot, which with the ID identifies the process.
    package func startTime() throws(Errno) -> UInt64? {
        guard let text = try SmallFile.contents(of: "/proc/\(number)/stat") else { return nil }
        // The name is in parentheses, and may contain parentheses.
        guard let end = text.lastIndex(of: 0x29) else { return nil }
        let fields = text[(end + 1)...].split { $0 == 0x20 || $0 == 0x0a }
        guard fields.count > 19 else { return nil }
        return decimal(fields[19], upTo: .max)
    }

    package func cgroupFile() throws(Errno) -> [UInt8] {
        guard let text = try SmallFile.contents(of: "/proc/\(number)/cgroup") else {
            throw .ENOENT
        }
        return text
    }
}

/// A snapshot of `/proc/PID/status`, which all users may read.
package struct ProcessStatus {
    private let bytes: [UInt8]

    /// - Returns: `nil` if the process has ended or is hidden.
    package init?(of process: ProcessID) throws(Errno) {
        try self.init(in: "/proc/\(process.number)")
    }

    /// - Parameter directory: of a process or thread.
    fileprivate init?(in directory: String) throws(Errno) {
        guard let bytes = try SmallFile.contents(of: "\(directory)/status") else { return nil }
        self.bytes = bytes
    }

    /// The values of a key such as `Uid`; empty if the kernel does not report it.
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
