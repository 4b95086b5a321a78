internal import Linux

// The words that LXC accepts as values: from `src/lxc/confile.c`, `confile_utils.c`, `conf.c` and
// `namespace.c` of LXC 5.0.2, 6.0.6 and 7.0.0.
extension ConfigValue {
    /// The fault of a value that is a word, or a list of words, of a fixed set.
    func listFault(_ text: String) -> Fault? {
        let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        switch self {
        case .word(let known): return Self.fault([text], known)
        case .architecture: return Self.fault([text], Self.architectures)
        case .logLevel:
            guard Self.number(text).map({ $0 <= 8 }) != true else { return nil }
            return Self.fault([text], Self.logLevels, ignoringCase: true)
        case .signal:
            guard Self.number(text) == nil, !Self.isRealTimeSignal(text) else { return nil }
            return Self.fault([text], Self.signals.map { "SIG" + $0 }, ignoringCase: true)
        case .idMap:
            guard let kind = words.first, words.count == 4, ["U", "G"].contains(kind) else {
                return nil
            }
            return Fault(
                reason: "\(kind) must be in lower case", correction: (kind, kind.lowercased()))
        case .namespaces: return Self.fault(words, Self.namespaceNames, ignoringCase: true)
        case .capabilities:
            return Self.fault(
                words.filter { Self.number($0) == nil }, Self.capabilityNames + ["none"])
        case .autoMounts:
            return Self.fault(words.filter { !$0.hasPrefix("shmounts:/") }, Self.autoMountNames)
        default: return nil
        }
    }

    private static func fault(
        _ words: [String], _ known: [String], ignoringCase: Bool = false
    ) -> Fault? {
        guard
            let wrong = words.first(where: { word in
                !known.contains(ignoringCase ? matching(word, known) : word)
            })
        else { return nil }
        var text = wrong.lowercased()
        if text.hasPrefix("cap_") { text.removeFirst(4) }
        let isUpper = known.first?.first?.isUppercase == true
        // Only one part is corrected: proc:ro must not become proc:rw.
        let suffix = text.drop { $0 != ":" }
        let similar = known.filter { $0.drop { $0 != ":" } == suffix }
        let right =
            ConfigKeys.nearest(to: isUpper ? text.uppercased() : text, of: similar)
            ?? (known.contains("SIG" + wrong.uppercased()) ? "SIG" + wrong.uppercased() : nil)
        let isShort = known.count <= 8
        let choices = known.count > 1 ? known.dropLast().joined(separator: ", ") + " or " : ""
        return Fault(
            reason: "\(UntrustedText(wrong).quoted) is unknown"
                + (right.map { ": did you mean \($0)?" }
                    ?? (isShort ? ": write \(choices)\(known.last ?? "")" : "")),
            correction: right.map { (wrong, $0) })
    }

    private static func matching(_ word: String, _ known: [String]) -> String {
        known.first { $0.lowercased() == word.lowercased() } ?? word
    }

    private static func isRealTimeSignal(_ text: String) -> Bool {
        let text = text.uppercased()
        for prefix in ["SIGRTMIN+", "SIGRTMAX-"] where text.hasPrefix(prefix) {
            return number(text.dropFirst(prefix.count)).map { $0 <= 30 } ?? false
        }
        return false
    }

    static let namespaceNames = ["user", "mnt", "pid", "uts", "ipc", "net", "cgroup", "time"]

    /// The resources of `lxc.prlimit`: see getrlimit(2).
    static let resources = [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile",
        "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
    ]

    private static let architectures = [
        "arm", "armel", "armhf", "armv7l", "athlon", "i386", "i486", "i586", "i686", "linux32",
        "mips", "mipsel", "ppc", "powerpc", "x32", "x86", "aarch64", "amd64", "arm64", "linux64",
        "loongarch64", "loong64", "mips64", "mips64el", "ppc64", "ppc64el", "ppc64le",
        "powerpc64", "riscv64", "s390x", "x86_64",
    ]

    private static let logLevels = [
        "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "ERROR", "CRIT", "ALERT", "FATAL",
    ]

    private static let signals = [
        "HUP", "INT", "QUIT", "ILL", "ABRT", "FPE", "KILL", "SEGV", "PIPE", "ALRM", "TERM", "USR1",
        "USR2", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "TRAP", "IOT", "EMT", "BUS",
        "STKFLT", "CLD", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "POLL", "INFO",
        "LOST", "PWR", "UNUSED", "SYS",
    ]

    private static let capabilityNames = [
        "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
        "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
        "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace",
        "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time",
        "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap",
        "mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read",
        "perfmon", "bpf", "checkpoint_restore",
    ]

    private static let autoMountNames = [
        "proc", "proc:mixed", "proc:rw", "sys", "sys:ro", "sys:mixed", "sys:rw", "cgroup2",
        "cgroup2:ro", "cgroup2:force", "cgroup2:ro:force", "cgroup", "cgroup:mixed", "cgroup:ro",
        "cgroup:rw", "cgroup:force", "cgroup:mixed:force", "cgroup:ro:force", "cgroup:rw:force",
        "cgroup-full", "cgroup-full:mixed", "cgroup-full:ro", "cgroup-full:rw",
        "cgroup-full:force", "cgroup-full:mixed:force", "cgroup-full:ro:force",
        "cgroup-full:rw:force",
    ]
}
