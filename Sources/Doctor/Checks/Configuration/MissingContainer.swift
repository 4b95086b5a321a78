internal import Linux

/// Why a container whose configuration file does not exist cannot be started.
enum MissingContainer {
    static func finding(_ facts: Facts) -> Finding? {
        guard let container = facts.target.container else { return nil }
        let config = facts.config
        if facts.containers?.contains(container) ?? false {
            return .problem(
                config.path.quoted,
                "the directory of the container exists, but its configuration file does not, so "
                    + "LXC does not know the container",
                .advice(
                    "restore the file config from a backup; or copy the one of a similar "
                        + "container, and correct lxc.rootfs.path and lxc.uts.name in it"))
        }
        if config.isRoots {
            let name = container.escaped
            return .problem(
                config.path.quoted,
                "\(facts.target.name) has no container \(name), but root has one: it is in "
                    + "/var/lib/lxc, where lxc-start looks only if root runs it",
                .advice(
                    "start it as root, and run berth doctor --container \(name) root; or create "
                        + "one for \(facts.target.name) with lxc-create"))
        }
        let others = (facts.containers ?? []).map { String(decoding: $0.bytes, as: UTF8.self) }
        let wanted = String(decoding: container.bytes, as: UTF8.self)
        guard
            let nearest = others.first(where: { $0.lowercased() == wanted.lowercased() })
                ?? ConfigKeys.nearest(to: wanted, of: others)
        else { return nil }
        return .problem(
            config.path.quoted,
            "\(facts.target.name) has no container \(container.quoted): did you mean "
                + "\(UntrustedText(nearest).quoted)?",
            .advice("run lxc-ls to list the containers of \(facts.target.name)"))
    }
}
