/// A resource limit of getrlimit(2), and the least value with which a container works.
struct ResourceLimit: Sendable {
    /// As in `lxc.prlimit.NAME` and limits.conf(5).
    let name: String
    /// As in `/proc/PID/limits`.
    let kernelName: String
    /// Of the ulimit command of a shell; `nil` if the limit is compared otherwise.
    let option: Character?
    /// What is limited, as the end of "it allows only 16 …".
    let meaning: String
    /// In the unit of getrlimit(2).
    let least: UInt64

    static let processes = ResourceLimit(
        name: "nproc", kernelName: "Max processes", option: nil,
        meaning: "processes", least: 8)

    static let all = [
        ResourceLimit(
            name: "nofile", kernelName: "Max open files", option: "n",
            meaning: "open files per process", least: 64),
        ResourceLimit(
            name: "as", kernelName: "Max address space", option: "v",
            meaning: "bytes of address space per process", least: 64 << 20),
        ResourceLimit(
            name: "data", kernelName: "Max data size", option: "d",
            meaning: "bytes of data per process", least: 16 << 20),
        ResourceLimit(
            name: "stack", kernelName: "Max stack size", option: "s",
            meaning: "bytes of stack per process", least: 128 << 10),
        ResourceLimit(
            name: "fsize", kernelName: "Max file size", option: "f",
            meaning: "bytes per file", least: 1 << 20),
        ResourceLimit(
            name: "cpu", kernelName: "Max cpu time", option: "t",
            meaning: "seconds of processor time per process", least: 600),
        // berth-nic creates a timer, which counts as a pending signal: see timer_create(2).
        ResourceLimit(
            name: "sigpending", kernelName: "Max pending signals", option: "i",
            meaning: "pending signals and timers for all processes of the user", least: 8),
        processes,
    ]

    static func named(_ name: String) -> ResourceLimit? { all.first { $0.name == name } }
}
