internal import Linux

/// A program that is to work with root's power, as it is installed.
struct ProgramFacts: Equatable, Sendable {
    var name: String
    /// Where others look for it.
    var path: String?
    /// Where that leads.
    var realPath: String?
    var file: FileAttributes?
    /// Whether it is Berth's own.
    var isBerths = false

    /// By the directories in which programs are.
    static func named(_ name: String) -> ProgramFacts {
        let directories = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin"]
        return at(directories.map { "\($0)/\(name)" }, name)
    }

    private static func at(_ paths: [String], _ name: String) -> ProgramFacts {
        for path in paths {
            // One whose mode was lost is there all the same.
            guard let file = (try? FileAttributes(of: path)) ?? nil, file.isRegular else {
                continue
            }
            return ProgramFacts(
                name: name, path: path, realPath: FileAttributes.realPath(of: path), file: file)
        }
        return ProgramFacts(name: name)
    }

    /// LXC's helper at each of the places where a build of LXC may look for it.
    static func helpers() -> [ProgramFacts] {
        var directories = ["/usr/libexec/lxc", "/usr/local/libexec/lxc", "/usr/lib/lxc"]
        for name in (try? SmallFile.names(in: "/usr/lib")) ?? [] where name.contains("-linux-") {
            directories.append("/usr/lib/\(name)/lxc")
        }
        directories.append("/usr/lib64/lxc")
        return directories.map { at(["\($0)/lxc-user-nic"], "lxc-user-nic") }
            .filter { $0.path != nil }
            .map { found in
                var found = found
                found.isBerths = found.realPath.map(isBerths) ?? false
                return found
            }
    }

    private static func isBerths(_ path: String) -> Bool {
        if path.hasSuffix("/berth-nic") { return true }
        let bytes = (try? SmallFile.foreignContents(of: path)) ?? nil
        let word = Array("berth-nic: ".utf8)
        guard let bytes else { return false }
        var place = 0
        while let next = Linux.firstIndex(of: word[0], in: bytes, from: place) {
            if bytes[next...].starts(with: word) { return true }
            place = next + 1
        }
        return false
    }

    /// What keeps it from being root when somebody runs it.
    /// - Parameter mode: the mode that it should have, as chmod(1) takes it.
    func faults(mode: String = "4755") -> [Finding] {
        guard let path, let file else { return [] }
        let target = realPath ?? path
        let place = target == path ? path : "\(path) -> \(target)"
        if file.isOnNosuid {
            return [
                .problem(
                    place, "its file system is mounted nosuid, so its setuid bit means nothing",
                    .advice("install it on a file system that is not mounted nosuid"))
            ]
        }
        guard !file.isSetuidRoot, !(file.hasCapabilities && file.mode & 0o111 != 0) else {
            return []
        }
        let change = Fix.command("chmod \(mode) \(quoted(target))", by: .root)
        // A change of owner takes the bit away.
        return file.owner == .root
            ? [.problem(place, "it is not setuid root", change)]
            : [
                .problem(
                    place, "it is not setuid root",
                    .command("chown root:root \(quoted(target))", by: .root), change)
            ]
    }
}

/// The programs of shadow that write a user's id maps.
enum MappingPrograms: Check {
    static let name = "id-map-programs"

    static func findings(_ facts: Facts) -> [Finding] {
        facts.mappingPrograms.flatMap { program -> [Finding] in
            guard let path = program.path else {
                let fix: Fix =
                    facts.installation.hasApt
                    ? .command("apt-get install uidmap", by: .root)
                    : .advice("install the package uidmap, or shadow where it is part of that")
                return [.problem(program.name, "it is not installed", fix)]
            }
            let faults = program.faults()
            return faults.isEmpty
                ? [.ok(path, program.file?.hasCapabilities ?? false ? "capable" : "setuid root")]
                : faults
        }
    }
}

/// The program by which lxc-start gets a NIC for a user's container.
enum Helper: Check {
    static let name = "helper"

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.config.wantsHelper else {
            return [.ok(facts.config.place, "no NIC of type veth, so no helper is needed")]
        }
        guard !facts.helpers.isEmpty else {
            return [
                .problem(
                    "/usr/libexec/lxc/lxc-user-nic", "lxc-start finds no helper for NICs",
                    facts.installation.hasApt
                        ? .command("apt-get install --reinstall lxc", by: .root)
                        : .advice(
                            "install LXC anew, or link lxc-user-nic in LXC's libexec directory to "
                                + "berth-nic"))
            ]
        }
        return facts.helpers.flatMap { helper -> [Finding] in
            let faults = helper.faults()
            guard faults.isEmpty else { return faults }
            let whose = helper.isBerths ? "berth-nic" : "LXC's own helper, not berth-nic"
            return [.ok(helper.path ?? "", "\(whose), setuid root")]
        }
    }
}
