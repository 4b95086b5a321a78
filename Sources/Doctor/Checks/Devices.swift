internal import Linux

/// Whether the devices that LXC gives to every container are devices, and may be used by all users.
enum Devices: Check {
    static let name = "devices"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let findings = facts.devices.compactMap { finding($0) }
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
                path, "it is not a device, but a file, directory or link to one, \(result)",
                .advice("if it is a mount point, unmount it; otherwise, as root, remove it:"),
                .command("rm -f \(path)", by: .root), create(path))
        }
        if file.isOnNodev {
            return .problem(
                path, "its file system is mounted nodev, so that no device there works",
                .advice("mount it without nodev"))
        }
        guard file.mode & 0o006 != 0o006 else { return nil }
        return .problem(
            path, "users may not read and write it",
            .command("chmod 666 \(path)", by: .root))
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
