/// All checks, in the order in which lxc-start would fail.
package enum Checks {
    private static var all: [any Check.Type] {
        [
            LXC.self,
            UserNamespaces.self,
            IDMapPrograms.self,
            UserFilesRead.self,
            ConfigLines.self,
            SubuidRanges.self,
            IDMap.self,
            SearchPermission.self,
            Rootfs.self,
            Init.self,
            Mounts.self,
            Hooks.self,
            NamedFiles.self,
            AppArmor.self,
            Session.self,
            Limits.self,
            Namespaces.self,
            CgroupTree.self,
            LXCUsercgroup.self,
            CgroupNode.self,
            OwnCgroup.self,
            KernelModulesCheck.self,
            Helper.self,
            AccountNames.self,
            LXCUsernet.self,
            Quota.self,
            NICSettings.self,
            StaticAddresses.self,
            HardwareAddresses.self,
            NICAddresses.self,
            Bridge.self,
            NetworkSettings.self,
            SwitchedOffServices.self,
            DnsmasqOptions.self,
            DNS.self,
            LeasesLeft.self,
            Reservations.self,
            HostNameClashes.self,
            NICs.self,
            ContainerResolver.self,
            NetworkSysctlsCheck.self,
            Forwarding.self,
            Routes.self,
            IPsec.self,
            Firewall.self,
            NameServers.self,
            Forwards.self,
            InstalledFiles.self,
            StateFiles.self,
            CompetingServicesCheck.self,
            ClockCheck.self,
        ]
    }

    package static var names: [String] { all.map { $0.name } }

    package static func findings(_ facts: Facts) -> [Finding] {
        all.filter { $0.appliesToRoot || !facts.target.isRoot }.flatMap { $0.run(facts) }
    }
}
