/// Whether AppArmor lets the container start, and what is known to fail in it under its profile.
enum AppArmor: Check {
    static let name = "apparmor"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let profile = facts.appArmor.profile
        guard facts.appArmor.isEnabled else {
            return [.ok("/sys/module/apparmor", "AppArmor is not enabled")]
        }
        let place = "\(facts.config.path.quoted), lxc.apparmor.profile = \(profile.quoted)"
        switch profile {
        case "generated":
            return [
                facts.target.isRoot ? generated(place, facts) : generatedForUser(place, facts)
            ]
        case "unconfined": return [unconfined(place, facts)]
        case _ where facts.appArmor.isLoaded == false: return [notLoaded(place, facts)]
        case _ where profile.hasPrefix("lxc-container-default"):
            return [lxcDefault(place, facts)]
        default: return [.ok(place, "a custom profile")]
        }
    }

    /// LXC generates a profile for each container. Loading it with apparmor_parser needs root.
    private static func generatedForUser(_ place: String, _ facts: Facts) -> Finding {
        let message = "only root may load the profile that lxc-start generates"
        // Without systemd, the container needs no more than LXC's profile allows.
        return facts.appArmor.runsSystemd == false
            ? .problem(place, message, line(AppArmorFacts.defaultProfile, facts))
            : .problem(place, message, unprotected, line("unconfined", facts))
    }

    private static func generated(_ place: String, _ facts: Facts) -> Finding {
        if facts.config.allowsNesting {
            return .ok(
                place, "with lxc.apparmor.allow_nesting = 1, which systemd in a container needs")
        }
        return .warning(
            place,
            "systemd services that use namespaces fail with status 226/NAMESPACE",
            .line("lxc.apparmor.allow_nesting = 1", in: facts.config.path, by: .root),
            .advice("this lets the container mount its own proc and sysfs"))
    }

    private static func unconfined(_ place: String, _ facts: Facts) -> Finding {
        let message = "AppArmor is off: only the user namespace confines this container"
        if facts.target.isRoot {
            return .warning(
                place, "AppArmor is off for this container",
                .advice(
                    "write lxc.apparmor.profile = generated and lxc.apparmor.allow_nesting = 1, "
                        + "unless a program in the container needs more"))
        }
        if facts.appArmor.runsSystemd == true {
            return .ok(place, "systemd in a user's container needs this. \(message)")
        }
        return .warning(
            place, message,
            .advice(
                "write lxc.apparmor.profile = \(AppArmorFacts.defaultProfile), unless the "
                    + "container runs systemd or another program that mounts file systems"))
    }

    private static func notLoaded(_ place: String, _ facts: Facts) -> Finding {
        let message = "the kernel has not loaded this profile, so the container does not start"
        if let file = facts.appArmor.file {
            return .problem(
                place, message, .command("apparmor_parser -r \(quoted(file))", by: .root))
        }
        return .problem(place, message, line(AppArmorFacts.defaultProfile, facts))
    }

    private static func lxcDefault(_ place: String, _ facts: Facts) -> Finding {
        let message =
            "it denies mounts that systemd in the container attempts (\"failed flags match\", "
            + "226/NAMESPACE)"
        let isRoot = facts.target.isRoot
        switch facts.appArmor.runsSystemd {
        case false: return .ok(place, "LXC's default, sufficient for an init other than systemd")
        case true where !isRoot:
            return .problem(place, message, unprotected, line("unconfined", facts))
        default:
            return .warning(
                place, message,
                .advice(
                    isRoot
                        ? "write lxc.apparmor.profile = generated and lxc.apparmor.allow_nesting = "
                            + "1, which lets the container mount its own proc and sysfs"
                        : "if the container runs systemd, write lxc.apparmor.profile = unconfined: "
                            + "then only the user namespace confines it"))
        }
    }

    /// If a key is set on several lines, lxc uses the last one.
    private static func line(_ profile: String, _ facts: Facts) -> Fix {
        .line(
            "lxc.apparmor.profile = \(profile)",
            in: facts.target.container == nil ? facts.config.userDefaults : facts.config.path,
            by: facts.target.isRoot ? .root : .user)
    }

    private static let unprotected = Fix.advice(
        "without systemd in the container, write lxc.apparmor.profile = "
            + "\(AppArmorFacts.defaultProfile), which keeps AppArmor on; with systemd, use the "
            + "following line, with which only the user namespace confines the container")
}
