/// Whether a service other than berth-net configures the bridges or the NICs of containers.
enum CompetingServicesCheck: Check {
    static let name = "competing-services"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.installation.hasBerthNet, !facts.usedNetworks.isEmpty else { return [] }
        let services = facts.installation.competing
        let findings =
            (services.lxcNet.map { [lxcNet($0, facts.installation)] } ?? [])
            + services.dnsmasq.map(dnsmasq) + services.managers.map(manager)
        return findings.isEmpty
            ? [.ok("services", "no other service configures the networks of containers")]
            : findings
    }

    private static func lxcNet(_ link: String, _ installation: InstallationFacts) -> Finding {
        let command =
            link.hasPrefix("/etc/systemd/")
            ? "systemctl disable lxc-net"
            : link.hasPrefix("/etc/runlevels/")
                ? "rc-update del lxc-net \(quoted(runlevel(of: link)))"
                : "update-rc.d lxc-net disable"
        return .warning(
            link,
            "LXC's own service lxc-net starts at boot, too; stopping or restarting it removes the "
                + "network of berth-net",
            .command(command, by: .root))
    }

    private static func runlevel(of link: String) -> String {
        String(link.split(separator: "/").dropLast().last ?? "default")
    }

    private static func dnsmasq(_ service: CompetingServices.DnsmasqService) -> Finding {
        .warning(
            "/etc/runlevels/\(service.runlevel)/\(service.name)",
            "this service starts another dnsmasq on \(service.bridge) at boot",
            .command("rc-update del \(quoted(service.name)) \(quoted(service.runlevel))", by: .root)
        )
    }

    private static func manager(_ manager: CompetingServices.Manager) -> Finding {
        switch manager.program {
        case .networkd:
            let file = manager.file?.quoted ?? "a file"
            return .warning(
                manager.interface,
                "systemd-networkd configures it according to \(file), and may take it off its "
                    + "bridge or change its addresses",
                .advice(
                    "in \(file), exclude it in [Match], or write [Link] and Unmanaged=yes for it "
                        + "into a file in /etc/systemd/network that sorts before it; then run "
                        + "networkctl reload"))
        case .networkManager:
            return .warning(
                manager.interface,
                "NetworkManager manages it, and may take it off its bridge",
                .command("nmcli device set \(quoted(manager.interface)) managed no", by: .root))
        }
    }
}
