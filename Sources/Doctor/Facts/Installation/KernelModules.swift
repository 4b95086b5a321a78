internal import Linux
internal import Network

/// Whether the kernel can load the modules that networks of containers need.
struct KernelModules: Equatable, Sendable {
    /// Those that are neither loaded nor built in, and that cannot be loaded.
    var missing: [String] = []
    /// `/lib/modules/RELEASE`, if it does not exist although the kernel loads modules.
    var missingDirectory: String?

    /// Those that are not loaded, and whose loading a file of modprobe.d(5) prevents.
    var forbidden: [Forbidden] = []

    struct Forbidden: Equatable, Sendable {
        let module: String
        let file: String
        /// Numbered from 1.
        let line: Int
    }

    /// - Parameter limits: whether a line of lxc-usernet has the option rate.
    static func observe(_ network: HostNetworkStatus, limits: Bool) -> KernelModules {
        var modules = KernelModules()
        // A kernel without loadable modules has all that it supports.
        guard SmallFile.exists("/proc/modules"),
            let release = kernelSetting("/proc/sys/kernel/osrelease")
        else { return modules }
        let directory = "/lib/modules/\(release)"
        let isPresent = SmallFile.exists(directory)
        var listed: [[UInt8]]?
        let ofLimits = ["sch_tbf", "sch_ingress", "cls_matchall", "act_police"]
        for (name, isInUse) in [
            ("veth", network.interfaces.contains { $0.kind == .veth }),
            ("bridge", network.interfaces.contains { $0.kind == .bridge }),
            ("nf_tables", false),
        ] + (limits ? ofLimits.map { ($0, false) } : [])
        where !isInUse && !SmallFile.exists("/sys/module/\(name)") {
            if listed == nil {
                listed = ["modules.builtin", "modules.dep"].map {
                    contents(of: "\(directory)/\($0)")
                }
            }
            let file = Array("/\(name).ko".utf8)
            if !(listed ?? []).contains(where: {
                Linux.firstIndex(of: file, in: $0, from: 0) != nil
            }) {
                modules.missing.append(name)
            } else if let place = forbidden(name) {
                modules.forbidden.append(place)
            }
        }
        if !isPresent, !modules.missing.isEmpty { modules.missingDirectory = directory }
        return modules
    }

    private static func forbidden(_ module: String) -> Forbidden? {
        for directory in ["/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d"] {
            let names = ((try? SmallFile.names(in: directory)) ?? []).sorted()
            for name in names.prefix(64) where name.hasSuffix(".conf") {
                let file = "\(directory)/\(name)"
                if let line = line(forbidding: module, in: contents(of: file)) {
                    return Forbidden(module: module, file: file, line: line)
                }
            }
        }
        return nil
    }

    /// The kernel asks for modules by aliases, which `blacklist` removes.
    /// - Parameter bytes: a file of modprobe.d(5).
    static func line(forbidding module: String, in bytes: [UInt8]) -> Int? {
        Lines(bytes: bytes).entries.first(where: { _, place in
            let words = words(of: bytes[place]).map { String(decoding: $0, as: UTF8.self) }
            guard words.count > 1, words[1].replacing("-", with: "_") == module else {
                return false
            }
            // A command that does nothing replaces that of modprobe(8).
            let command = words.dropFirst(2).first?.split(separator: "/").last ?? ""
            return words[0] == "blacklist"
                || words[0] == "install" && ["true", "false"].contains(command)
        })?.number
    }
}
