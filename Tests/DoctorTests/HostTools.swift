import Testing

@testable import Doctor

/// Fixes use the package manager and the init system of the host.
@Suite
struct HostTools {
    @Test(
        "the package manager is that of the distribution",
        arguments: [
            ("ID=debian\n", ["apt-get", "dnf"], .apt),
            ("ID=ubuntu\nID_LIKE=debian\n", ["apt-get"], .apt),
            ("NAME=\"x\"\nID=\"linuxmint\"\nID_LIKE=\"ubuntu debian\"\n", ["apt-get"], .apt),
            ("ID=devuan\nID_LIKE=debian\n", ["apt-get"], .apt), ("ID=fedora\n", ["dnf"], .dnf),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", ["dnf"], .dnf),
            ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", ["zypper"], .zypper),
            ("ID=arch\n", ["pacman"], .pacman), ("ID='artix'\nID_LIKE=arch\n", ["pacman"], .pacman),
            ("ID=alpine\n", ["apk"], .apk), ("ID=\"void\"\n", ["xbps-install"], .xbps),
            ("ID=gentoo\n", ["emerge"], .emerge),
            // Without its program, another distribution's program is not a substitute.
            ("ID=debian\n", ["dnf"], nil), ("ID=nixos\n", ["apt-get"], nil), ("", ["apk"], .apk),
            ("", [], nil), ("ID=own\n", ["apk", "apt-get"], nil), ("ID=own\n", ["pacman"], .pacman),
        ] as [(String, [String], PackageManager?)])
    func packageManager(osRelease: String, programs: [String], manager: PackageManager?) {
        let found = PackageManager.ofHost(osRelease: Array(osRelease.utf8)) {
            programs.contains($0)
        }
        #expect(found == manager)
    }

    @Test("every distribution's fix is one command, or advice without a command")
    func installation() {
        for manager in PackageManager.allCases {
            var installation = InstallationFacts()
            installation.packageManager = manager
            for software in PackageManager.Software.allCases {
                for again in [false, true] {
                    switch installation.install(software, again: again) {
                    case .command(let command, by: .root):
                        #expect(command.hasPrefix(manager.rawValue + " "), "\(command)")
                        #expect(
                            command.utf8.allSatisfy {
                                (0x61...0x7a).contains($0) || " -/SR".utf8.contains($0)
                            }, "\(command)")
                    case .advice: #expect(manager.package(software) == nil)
                    case let fix: Issue.record("\(fix)")
                    }
                }
            }
        }
        let unknown = InstallationFacts()
        guard case .advice(let text) = unknown.install(.idMapPrograms) else {
            Issue.record("a command without a package manager")
            return
        }
        #expect(
            text == "install the package that contains newuidmap and newgidmap (uidmap or shadow)")
    }

    @Test("a service is started with the command of the init system")
    func services() {
        var installation = InstallationFacts(hasBerthNet: false)
        for (system, start, restart) in [
            (.systemd, "systemctl start lxc-net", "systemctl restart lxc-net"),
            (.openRC, "rc-service lxc-net start", "rc-service lxc-net restart"),
            (.sysvinit, "service lxc-net start", "service lxc-net restart"),
            (.runit, "sv start lxc-net", "sv restart lxc-net"),
            (.dinit, "dinitctl start lxc-net", "dinitctl restart lxc-net"),
            (.finit, "initctl start lxc-net", "initctl restart lxc-net"),
            (.s6, "s6-rc -u change lxc-net", "s6-rc -d change lxc-net && s6-rc -u change lxc-net"),
        ] as [(InitSystem, String, String)] {
            installation.initSystem = system
            #expect(installation.networkService(.start) == .command(start, by: .root))
            #expect(installation.networkService(.restart) == .command(restart, by: .root))
        }
        installation.initSystem = .unknown
        #expect(installation.networkService(.start) == .advice("start the service lxc-net"))
        installation.hasBerthNet = true
        #expect(installation.networkService(.start) == .command("berth-net start", by: .root))
    }
}
