internal import Linux

/// Whether the devices that LXC gives to every container are devices, and may be used by all users.
enum Devices: Check {
    static let name = "devices"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let findings = facts.devices.compactMap { finding($0) } + terminals(facts)
        guard findings.isEmpty, !facts.devices.isEmpty else { return findings }
        return [.ok("/dev", "it has the devices that LXC gives to containers")]
    }

    private static func finding(_ device: DeviceFacts) -> Finding? {
        let path = device.path
        let result = "which lxc-start needs for each container"
        guard let file = device.file else {
            return .problem(path, "this device, \(result), does not exist", create(path))
        }
        guard file.kind == .characterDevice else {
            return .problem(
                path,
                "lxc-start needs this device for each container, but it is a regular file, "
                    + "a directory, or a link to one",
                .advice("if it is a mount point, unmount it; otherwise, as root, remove it:"),
                .command("rm -f \(path)", by: .root), create(path))
        }
        if file.isOnNodev {
            return .problem(
                path, "its file system is mounted nodev, so no device there works",
                .advice("mount it without nodev"))
        }
        guard file.mode & 0o006 != 0o006 else { return nil }
        return .problem(
            path, "users may not read and write it",
            .command("chmod 666 \(path)", by: .root))
    }

    /// The kernel opens a new terminal in the devpts that is mounted in the directory of /dev/ptmx.
    private static func terminals(_ facts: Facts) -> [Finding] {
        let mounts = facts.mounts
        guard !mounts.all.isEmpty, let top = mounts.top(at: "/dev/pts") else {
            return mounts.all.isEmpty ? [] : [noTerminals("no devpts is mounted there", mount)]
        }
        guard !(top.type == "devpts") else { return [] }
        let hidesOne = mounts.all.contains { $0.point == "/dev/pts" && $0.type == "devpts" }
        return [
            noTerminals(
                "a file system of type \(top.type.quoted) is mounted there, not devpts",
                hidesOne ? "umount /dev/pts" : mount)
        ]
    }

    private static let mount =
        "mkdir -p /dev/pts && mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts"

    private static func noTerminals(_ cause: String, _ command: String) -> Finding {
        .problem(
            "/dev/pts",
            "\(cause), so no program can open a terminal, and lxc-start cannot allocate the "
                + "container's console", .command(command, by: .root))
    }

    private static func create(_ path: String) -> Fix {
        // The numbers of Documentation/admin-guide/devices.txt of the kernel.
        let numbers = [
            "/dev/null": "1 3", "/dev/zero": "1 5", "/dev/full": "1 7", "/dev/random": "1 8",
            "/dev/urandom": "1 9", "/dev/tty": "5 0", "/dev/ptmx": "5 2",
        ]
        return .command("mknod -m 666 \(path) c \(numbers[path] ?? "1 3")", by: .root)
    }
}
