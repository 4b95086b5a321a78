/// All checks, in the order in which lxc-start would fail.
package enum Checks {
    private static var all: [any Check.Type] { ofHostAndUser + ofNetwork + ofInstallation }

    /// The checks of the host, the user and the configuration.
    private static var ofHostAndUser: [any Check.Type] {
        [
            SessionNamespaceCheck.self,
            LXC.self,
            SystemFiles.self,
            UserNamespaces.self,
            KernelLimits.self,
            KernelFileSystems.self,
            Devices.self,
            IDMapPrograms.self,
            LockFiles.self,
            UserIDNames.self,
            UserFilesRead.self,
            ConfigLines.self,
            SubuidRanges.self,
            IDMap.self,
            SearchPermission.self,
            Rootfs.self,
            RootfsOwners.self,
            Init.self,
            Boot.self,
            Capabilities.self,
            Mounts.self,
            Hooks.self,
            NamedFiles.self,
            AppArmor.self,
            Session.self,
            SessionRights.self,
            SessionLimits.self,
            Limits.self,
            Namespaces.self,
            CgroupTree.self,
            LXCUsercgroup.self,
            CgroupNode.self,
            CgroupLimits.self,
            OwnCgroup.self,
            KernelModulesCheck.self,
            Helper.self,
            AccountNames.self,
            FileText.self,
            LXCUsernet.self,
            Quota.self,
            NICSettings.self,
            ContainerNetwork.self,
            StaticAddresses.self,
            HardwareAddresses.self,
            NICAddresses.self,
        ]
    }

    /// The checks that need the host's network namespace, and those of services that change it.
    private static var ofNetwork: [any Check.Type] {
        [
            Bridge.self,
            UplinkCheck.self,
            NetworkSettings.self,
            SwitchedOffServices.self,
            DnsmasqOptions.self,
            DNS.self,
            LeasesLeft.self,
            Reservations.self,
            HostNameClashes.self,
            NICs.self,
            LogicalPorts.self,
            Neighbors.self,
            TrafficControlCheck.self,
            PathMTU.self,
            Tunnels.self,
            DuplicateAddresses.self,
            ContainerResolver.self,
            NetworkSysctlsCheck.self,
            Forwarding.self,
            Routes.self,
            IPsec.self,
            Firewall.self,
            NameServers.self,
            Forwards.self,
            StateFiles.self,
            CompetingServicesCheck.self,
        ]
    }

    /// The files of Berth, and the clock.
    private static var ofInstallation: [any Check.Type] {
        [
            InstalledFiles.self,
            ClockCheck.self,
        ]
    }

    /// The checks whose results are valid in any user namespace, because they do not examine the
    /// owners of files.
    private static var withoutOwners: [any Check.Type] {
        [
            SessionNamespaceCheck.self, UserNamespaces.self, ConfigLines.self, Capabilities.self,
            SessionRights.self, SessionLimits.self, Limits.self, Namespaces.self, NICSettings.self,
        ]
    }

    /// The checks whose results are valid in the namespaces of this session.
    private static func visible(_ facts: Facts) -> [any Check.Type] {
        if facts.namespaces.isInOtherUserNamespace { return withoutOwners }
        return facts.namespaces.isInOtherNetwork ? ofHostAndUser + ofInstallation : all
    }

    package static var names: [String] { all.map { $0.name } }

    package static func findings(_ facts: Facts) -> [Finding] {
        visible(facts).filter { $0.appliesToRoot || !facts.target.isRoot }.flatMap { $0.run(facts) }
    }
}
