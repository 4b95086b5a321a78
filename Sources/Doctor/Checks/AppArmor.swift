/// Whether AppArmor lets the container start, and what is known to break in it then.
enum AppArmor: Check {
    static let name = "apparmor"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let profile = facts.appArmor.profile
        guard facts.appArmor.isOn else {
            return [.ok("/sys/module/apparmor", "this kernel does not use AppArmor")]
        }
        let place = "\(facts.config.place), lxc.apparmor.profile = \(profile)"
        switch profile {
        case "generated":
            return [facts.subject.isRoot ? nesting(place, facts) : notRoot(place, facts)]
        case "unconfined": return [unconfined(place, facts)]
        case _ where facts.appArmor.isLoaded == false: return [notLoaded(place, facts)]
        case _ where profile.hasPrefix("lxc-container-default"): return [standard(place, facts)]
        default: return [.ok(place, "a profile of the administrator's own")]
        }
    }

    /// LXC makes a profile for each container, and has apparmor_parser load it.
    private static func notRoot(_ place: String, _ facts: Facts) -> Finding {
        .problem(
            place,
            "only root may load the profile that lxc-start would make for this: a user's container does "
                + "not start",
            line("unconfined", facts), givenUp)
    }

    private static func nesting(_ place: String, _ facts: Facts) -> Finding {
        if facts.config.allowsNesting {
            return .ok(
                place, "with lxc.apparmor.allow_nesting = 1, as systemd in containers needs it")
        }
        return .warning(
            place,
            "units of systemd in the container that ask for namespaces of their own fail with "
                + "226/NAMESPACE",
            .line("lxc.apparmor.allow_nesting = 1", to: facts.config.place, by: .root),
            .advice("this lets the container mount its own proc and sysfs"))
    }

    private static func unconfined(_ place: String, _ facts: Facts) -> Finding {
        let sentence = "AppArmor protects nothing: the user namespace alone confines this container"
        if facts.subject.isRoot {
            return .warning(
                place, "AppArmor protects nothing",
                .advice(
                    "write lxc.apparmor.profile = generated and lxc.apparmor.allow_nesting = 1, "
                        + "unless something in it needs more"))
        }
        if facts.appArmor.runsSystemd == true {
            return .ok(place, "as systemd in a user's container needs it. \(sentence)")
        }
        return .warning(
            place, sentence,
            .advice(
                "write lxc.apparmor.profile = \(AppArmorFacts.standard), unless systemd or something "
                    + "else that mounts is in it"))
    }

    private static func notLoaded(_ place: String, _ facts: Facts) -> Finding {
        let sentence = "the kernel has no profile of that name, and the container does not start"
        if let file = facts.appArmor.file {
            return .problem(
                place, sentence, .command("apparmor_parser -r \(quoted(file))", by: .root))
        }
        return .problem(place, sentence, line(AppArmorFacts.standard, facts))
    }

    private static func standard(_ place: String, _ facts: Facts) -> Finding {
        let sentence =
            "it denies mounts that systemd in the container asks for (\"failed flags match\", "
            + "226/NAMESPACE)"
        let isRoot = facts.subject.isRoot
        switch facts.appArmor.runsSystemd {
        case false: return .ok(place, "one of LXC's own, which does for what is no systemd")
        case true where !isRoot:
            return .problem(place, sentence, line("unconfined", facts), givenUp)
        default:
            return .warning(
                place, sentence,
                .advice(
                    isRoot
                        ? "write lxc.apparmor.profile = generated and lxc.apparmor.allow_nesting = 1: "
                            + "the container may then mount its own proc and sysfs"
                        : "if systemd is in it, write lxc.apparmor.profile = unconfined: the user "
                            + "namespace alone confines it then"))
        }
    }

    /// The last line of a key is the one that counts.
    private static func line(_ profile: String, _ facts: Facts) -> Fix {
        .line(
            "lxc.apparmor.profile = \(profile)",
            to: facts.subject.container == nil ? facts.config.ownDefaults : facts.config.place,
            by: facts.subject.isRoot ? .root : .user)
    }

    private static let givenUp = Fix.advice(
        "AppArmor then protects nothing, and the user namespace alone confines the container; where no "
            + "systemd is in it, \(AppArmorFacts.standard) does as well, and keeps AppArmor")
}
