internal import Linux

/// Whether the namespaces that the container shares exist, and may be shared.
enum Namespaces: Check {
    static let name = "namespaces"

    static func findings(_ facts: Facts) -> [Finding] {
        kept(facts) + cloned(facts) + shared(facts)
    }

    /// A user namespace has no rights over the namespaces of the host.
    private static func kept(_ facts: Facts) -> [Finding] {
        guard let setting = facts.config.setting("lxc.namespace.keep") else { return [] }
        let consequences = [
            ("user", "the container would have no user namespace, and only root can start it"),
            ("net", "the container may not mount sysfs in the host's network"),
            ("pid", "the container may not mount proc in the host's PID namespace"),
        ]
        let words = words(of: setting.value.bytes[...]).map {
            String(decoding: $0, as: UTF8.self).lowercased()
        }
        return consequences.filter { words.contains($0.0) }.prefix(1).map {
            .problem(setting.place.text, $0.1, facts.disable(setting.place))
        }
    }

    /// The namespaces that LXC does not create, although it changes them for the container.
    private static func cloned(_ facts: Facts) -> [Finding] {
        guard !facts.target.isRoot, let setting = facts.config.setting("lxc.namespace.clone") else {
            return []
        }
        let names = words(of: setting.value.bytes[...]).map {
            String(decoding: $0, as: UTF8.self).lowercased()
        }
        let missing = ["user", "mnt", "pid", "uts", "net"].filter { !names.contains($0) }
        guard !names.isEmpty, !missing.isEmpty else { return [] }
        return [
            .problem(
                setting.place.text,
                "the container would share these namespaces with the host: \(listed(missing)); it "
                    + "has no rights over them, so it does not start",
                facts.disable(setting.place))
        ]
    }

    private static func shared(_ facts: Facts) -> [Finding] {
        let directory = facts.config.directory
        return facts.config.all("lxc.namespace.share").compactMap { setting in
            let name = setting.value
            let isName = !name.bytes.contains(0x2f) && decimal(name.bytes[...], upTo: .max) == nil
            guard isName, !facts.runningContainers.contains(name),
                RunningContainers.isVisible(name, in: directory)
            else { return nil }
            return .problem(
                setting.place.text,
                "the container \(name.quoted), whose namespace it shares, is not running",
                name.shellWord.map { .command("lxc-start -n \($0)", by: .user) }
                    ?? .advice("start it first"))
        }
    }
}
