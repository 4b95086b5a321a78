internal import Linux

/// Whether the kernel lets a user's container mount proc and sysfs, as its configuration says.
enum KernelFileSystems: Check {
    static let name = "kernel-file-systems"

    static func findings(_ facts: Facts) -> [Finding] {
        let wanted = mounts(facts)
        let findings = wanted.compactMap { finding($0, facts) }
        guard findings.isEmpty, !wanted.isEmpty, !facts.mounts.all.isEmpty else { return findings }
        return [.ok("/proc, /sys", "containers can mount their own")]
    }

    private struct Wanted {
        let type: String
        let readOnly: Bool
        let place: String
        let source: String
    }

    private static func mounts(_ facts: Facts) -> [Wanted] {
        var wanted: [Wanted] = []
        func want(_ type: String, _ readOnly: Bool, _ place: ConfigPlace, _ source: String) {
            guard !wanted.contains(where: { $0.type == type }) else { return }
            wanted.append(
                Wanted(type: type, readOnly: readOnly, place: place.text, source: source))
        }
        for setting in facts.config.all("lxc.mount.auto") {
            for word in words(of: setting.value.bytes[...]) {
                let word = String(decoding: word, as: UTF8.self)
                let name = word.prefix { $0 != ":" }
                if name == "proc" { want("proc", false, setting.place, word) }
                if name == "sys" { want("sysfs", word == "sys:ro", setting.place, word) }
            }
        }
        for mount in facts.files.mounts where !mount.entry.isOptional && !mount.entry.isBind {
            for type in ["proc", "sysfs"] where mount.entry.type == type {
                want(type, mount.entry.has("ro"), mount.entry.place, type)
            }
        }
        return wanted
    }

    private static func finding(_ wanted: Wanted, _ facts: Facts) -> Finding? {
        let obstacle = facts.mounts.obstacle(toMounting: wanted.type, readOnly: wanted.readOnly)
        let result =
            "so the kernel does not let users' containers mount \(wanted.type) "
            + "(\(wanted.source), \(wanted.place))"
        switch obstacle {
        case nil: return nil
        case .absent:
            let point = wanted.type == "proc" ? "/proc" : "/sys"
            return .problem(
                point, "\(wanted.type) is not mounted on this host, \(result)",
                .command("mount -t \(wanted.type) \(wanted.type) \(point)", by: .root))
        case .readOnly(let mount):
            return .problem(
                mount.point.quoted, "it is mounted read-only, \(result)",
                mount.point.shellWord.map { .command("mount -o remount,rw \($0)", by: .root) }
                    ?? .advice("mount it read-write"))
        case .covered(let mount):
            return Finding(
                .problem, mount.point.quoted,
                "a mount of type \(mount.type.quoted) hides what is below it, \(result)",
                mount.point.shellWord.map {
                    [
                        .advice("unmount it if nothing needs it:"),
                        .command("umount \($0)", by: .root),
                    ]
                } ?? [.advice("unmount it if nothing needs it")])
        }
    }
}
