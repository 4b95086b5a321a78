/// What is known to break under a container's AppArmor profile. Which system is in the container is
/// not known here, so that it is never more than a warning.
enum AppArmor: Check {
    static let name = "apparmor"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let config = facts.config
        let profile = config.appArmorProfile ?? "lxc-container-default-cgns"
        guard facts.hasAppArmor else {
            return [.ok("/sys/module/apparmor", "this kernel does not use AppArmor")]
        }
        let place = "\(config.place), lxc.apparmor.profile = \(profile)"
        switch profile {
        case "generated" where config.allowsNesting:
            return [
                .ok(place, "with lxc.apparmor.allow_nesting = 1, as systemd in containers needs it")
            ]
        case "generated":
            return [
                .warning(
                    place,
                    "units of systemd in the container that ask for namespaces of their own fail with "
                        + "226/NAMESPACE",
                    .line("lxc.apparmor.allow_nesting = 1", to: config.place, by: .user),
                    .advice("this lets the container mount its own proc and sysfs"))
            ]
        case "unconfined":
            return [
                .warning(
                    place,
                    "AppArmor protects nothing: the user namespace alone confines this container",
                    .advice(
                        "write lxc.apparmor.profile = generated and lxc.apparmor.allow_nesting = 1, "
                            + "unless something in it needs more"))
            ]
        case _ where profile.hasPrefix("lxc-container-default"):
            return [
                .warning(
                    place,
                    "it denies mounts that systemd in the container asks for (\"failed flags match\", "
                        + "226/NAMESPACE)",
                    .advice(
                        "write lxc.apparmor.profile = generated and lxc.apparmor.allow_nesting = 1: "
                            + "the container may then mount its own proc and sysfs"))
            ]
        default: return [.ok(place, "a profile of the administrator's own")]
        }
    }
}
