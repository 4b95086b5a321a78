/// A resource limit of getrlimit(2), and the least value with which a container works.
struct ResourceLimit: Sendable {
    /// As in `lxc.prlimit.NAME` and limits.conf(5).
    let name: String
    /// As in `/proc/PID/limits`.
    let kernelName: String
    /// Of the ulimit command of a shell; `nil` if the limit is compared otherwise.
    let option: Character?
    /// What is limited, as the beginning of a sentence.
    let meaning: String
    /// In the unit of getrlimit(2).
    let least: UInt64

    static let processes = ResourceLimit(
        name: "nproc", kernelName: "Max processes", option: nil,
        meaning: "the number of processes is limited", least: 8)

    static let all = [
        ResourceLimit(
            name: "nofile", kernelName: "Max open files", option: "n",
            meaning: "each process can have few open files", least: 64),
        ResourceLimit(
            name: "as", kernelName: "Max address space", option: "v",
            meaning: "each process can use few bytes of address space", least: 64 << 20),
        ResourceLimit(
            name: "data", kernelName: "Max data size", option: "d",
            meaning: "each process can have few bytes of data", least: 16 << 20),
        ResourceLimit(
            name: "stack", kernelName: "Max stack size", option: "s",
            meaning: "each process can have few bytes of stack", least: 128 << 10),
        ResourceLimit(
            name: "fsize", kernelName: "Max file size", option: "f",
            meaning: "each file can have few bytes", least: 1 << 20),
        ResourceLimit(
            name: "cpu", kernelName: "Max cpu time", option: "t",
            meaning: "each process can run for few seconds", least: 600),
        processes,
    ]

    static func named(_ name: String) -> ResourceLimit? { all.first { $0.name == name } }
}
