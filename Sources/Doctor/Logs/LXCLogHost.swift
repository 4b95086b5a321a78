/// What the fixes of a log depend on: the host on which it is explained.
package struct LXCLogHost: Sendable {
    let installation: InstallationFacts
    let kernel: KernelFacts
    /// Whether root wrote the log: until its owner is known, whether the requester is root.
    var isRoot: Bool

    init(_ installation: InstallationFacts, _ kernel: KernelFacts, isRoot: Bool) {
        self.installation = installation
        self.kernel = kernel
        self.isRoot = isRoot
    }

    package static func observe(isRoot: Bool) -> LXCLogHost {
        LXCLogHost(.tools(), .observe(), isRoot: isRoot)
    }

    /// The step that starts the service that creates lxcbr0.
    var startNetwork: Fix { installation.networkService(.start) }

    /// The step that loads a kernel module that the running kernel does not have loaded.
    static func load(_ module: String, _ option: String) -> [Fix] {
        [
            .command("modprobe \(module)", by: .root),
            .advice(
                "if the module does not exist: after a kernel update, reboot; otherwise use a "
                    + "kernel that was built with \(option)"),
        ]
    }

    /// Advice to start the container in a cgroup of the user.
    static let runInCgroup = Fix.advice("start the container with berth-run lxc-start")
}
