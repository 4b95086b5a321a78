internal import Linux
internal import Network

/// Whether the kernel can load the modules that networks of containers need.
struct KernelModules: Equatable, Sendable {
    /// Those that are neither loaded nor built in, and that cannot be loaded.
    var missing: [String] = []
    /// `/lib/modules/RELEASE`, if it does not exist although the kernel loads modules.
    var missingDirectory: String?

    static func observe(_ network: HostNetworkStatus) -> KernelModules {
        var modules = KernelModules()
        // A kernel without loadable modules has all that it supports.
        guard SmallFile.exists("/proc/modules"),
            let release = kernelSetting("/proc/sys/kernel/osrelease")
        else { return modules }
        let directory = "/lib/modules/\(release)"
        let isPresent = SmallFile.exists(directory)
        var listed: [[UInt8]]?
        for (name, isInUse) in [
            ("veth", network.interfaces.contains { $0.kind == .veth }),
            ("bridge", network.interfaces.contains { $0.kind == .bridge }),
            ("nf_tables", false),
        ] where !isInUse && !SmallFile.exists("/sys/module/\(name)") {
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
            }
        }
        if !isPresent, !modules.missing.isEmpty { modules.missingDirectory = directory }
        return modules
    }
}
