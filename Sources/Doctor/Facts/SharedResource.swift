internal import Linux

/// Something of which the kernel has a limited number for the whole host.
struct SharedResource: Equatable, Sendable {
    /// What is counted, in the plural.
    let name: String
    let used: Int
    let limit: Int
    /// The kernel setting that limits it, such as `kernel.pid_max`.
    let setting: String

    /// Whether there is none left for a container with a few programs.
    var isExhausted: Bool { limit - used < 32 }

    static func all() -> [SharedResource] {
        func numbers(_ path: String) -> [Int] {
            (kernelSetting(path) ?? "").split { $0 == " " || $0 == "\t" }.compactMap { Int($0) }
        }
        func number(_ name: String) -> Int? {
            numbers("/proc/sys/" + name.split(separator: ".").joined(separator: "/")).first
        }
        var all: [SharedResource] = []
        // The fourth field is RUNNING/ALL threads.
        let load = (kernelSetting("/proc/loadavg") ?? "").split(separator: " ")
        if load.count > 3, let threads = load[3].split(separator: "/").last.flatMap({ Int($0) }) {
            for setting in ["kernel.threads-max", "kernel.pid_max"] {
                guard let limit = number(setting) else { continue }
                all.append(
                    SharedResource(
                        name: "processes and threads", used: threads, limit: limit,
                        setting: setting))
            }
        }
        let files = numbers("/proc/sys/fs/file-nr")
        if files.count == 3 {
            all.append(
                SharedResource(
                    name: "open files", used: files[0], limit: files[2], setting: "fs.file-max"))
        }
        if let used = number("kernel.pty.nr"), let limit = number("kernel.pty.max") {
            all.append(
                SharedResource(
                    name: "pseudoterminals", used: used, limit: limit, setting: "kernel.pty.max"))
        }
        if let limit = number("fs.mount-max"),
            let mounts = (try? SmallFile.contents(of: "/proc/self/mountinfo")) ?? nil
        {
            // A container begins with a copy of all mounts of the host.
            let count = mounts.count { $0 == 0x0a }
            all.append(
                SharedResource(
                    name: "mounts", used: count, limit: limit, setting: "fs.mount-max"))
        }
        return all
    }
}
